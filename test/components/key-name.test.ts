import { describe, expect, it } from 'vitest';
import { keysIn } from '../../source/components/key-name.js';

describe('keysIn', () => {
  it('takes a key that is held for several, and nothing else', () => {
    expect(keysIn('jjj')).toEqual(['j', 'j', 'j']);
    expect(keysIn('  ')).toEqual([' ', ' ']);
    for (const name of ['j', '', 'up', 'jk', '11', 'page down', 'ctrl-c'])
      expect(keysIn(name)).toEqual([name]);
  });
});
