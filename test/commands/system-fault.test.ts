import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemFault } from '../../source/commands/system-fault.js';

function faultOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

describe('systemFault', () => {
  test('tells what the system said, and what mends it where that is known', () => {
    const missing = faultOf(() => readFileSync('/no/such/file'));
    expect(systemFault(missing)).toMatch(/^ENOENT: .*'\/no\/such\/file'$/);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(systemFault(full)).toBe(
      'ENOSPC: no space left on device, write\nThe disk is full: make room there, then start again.',
    );
  });

  test('leaves faults of hew itself alone, whose stack is wanted', () => {
    expect(systemFault(new TypeError('internal'))).toBeNull();
    expect(systemFault(faultOf(() => readFileSync({} as never)))).toBeNull();
  });
});
