import process from 'node:process';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../../source/commands/command.js';
import { parseFlags, type ParsedFlags } from '../../source/commands/parse-flags.js';

const FLAGS = {
  title: { type: 'string' },
  description: { type: 'string', shortFlag: 'd' },
  jobs: { type: 'number', shortFlag: 'j' },
  stopFile: { type: 'string' },
  status: { type: 'string', choices: ['open', 'closed'] },
  label: { type: 'string', shortFlag: 'l', isMultiple: true, aliases: ['tag'] },
  port: { type: 'number', isMultiple: true },
  gate: { type: 'boolean' },
  allowRedBase: { type: 'boolean', shortFlag: 'r' },
  json: { type: 'boolean', shortFlag: 'q' },
} as const;

function parse(...argv: readonly string[]): ParsedFlags<typeof FLAGS> {
  return parseFlags({ argv, help: 'hew test: helps\n', flags: FLAGS, operands: ['[argument]...'] });
}

function flags(...argv: readonly string[]): object {
  const parsed = parse(...argv);
  if (parsed.kind === 'help') throw new Error('help was printed');
  return { ...parsed.flags, operands: parsed.operands };
}

const NONE = { label: [], port: [], operands: [] };

/** The message with which this is refused; empty when it is not. */
function refusalOrNothing(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
  return '';
}

/** What is left of these arguments beside the flags, of which there are none. */
function operands(names: readonly string[], ...argv: readonly string[]): unknown {
  const parsed = parseFlags({ argv, help: '', flags: {}, operands: names });
  return parsed.kind === 'run' && parsed.operands;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('parseFlags', () => {
  it.each<readonly [readonly string[], object]>([
    [[], {}],
    [['--title', 'x'], { title: 'x' }],
    [['--title=x=y'], { title: 'x=y' }],
    [['--title='], { title: '' }],
    [['--title', ''], { title: '' }],
    [['-d', 'x'], { description: 'x' }],
    [['-dx'], { description: 'x' }],
    [['-d=x'], { description: 'x' }],
    [['-d', '-'], { description: '-' }],
    [['-d', '- one\n- two'], { description: '- one\n- two' }],
    [['-d', '"quoted"'], { description: '"quoted"' }],
    [['-d', "'"], { description: "'" }],
    [['--title=--json'], { title: '--json' }],
    [['--title', '--force is lost'], { title: '--force is lost' }],
    [['--stop-file', '.stop'], { stopFile: '.stop' }],
    [['--jobs', '4'], { jobs: 4 }],
    [['-j4'], { jobs: 4 }],
    [['--jobs', '-1'], { jobs: -1 }],
    [['--jobs=0.5'], { jobs: 0.5 }],
    [['--jobs', '1e6'], { jobs: 1_000_000 }],
    [['--port', '1', '--port=2'], { port: [1, 2] }],
    [['-l', 'a', '--label', 'b', '--tag=c'], { label: ['a', 'b', 'c'] }],
    [['--status', 'open'], { status: 'open' }],
    [['--gate'], { gate: true }],
    [['--no-gate'], { gate: false }],
    [['--no-allow-red-base'], { allowRedBase: false }],
    [['-rq'], { allowRedBase: true, json: true }],
    [['-qdx'], { json: true, description: 'x' }],
    [['a', '--json', 'b'], { json: true, operands: ['a', 'b'] }],
    [['-5', '-', '007', '- text'], { operands: ['-5', '-', '007', '- text'] }],
    [['--', '--json', '-x', '--help'], { operands: ['--json', '-x', '--help'] }],
    [['--title', 'x', '--', '--', 'y'], { title: 'x', operands: ['--', 'y'] }],
  ])('reads %j', (argv, expected) => {
    expect(flags(...argv)).toEqual({ ...NONE, ...expected });
  });

  it.each<readonly [readonly string[], string]>([
    [['--titel', 'x'], 'there is no flag --titel. Did you mean --title?'],
    [['--no-gat'], 'there is no flag --no-gat. Did you mean --no-gate?'],
    [['--stopFile', 'x'], 'there is no flag --stopFile. Did you mean --stop-file?'],
    [['--stop_file=x'], 'there is no flag --stop_file. Did you mean --stop-file?'],
    [['-title', 'x'], 'there is no flag -title. Did you mean --title?'],
    [['--no-title'], 'there is no flag --no-title. --help lists the flags.'],
    [['--banana'], 'there is no flag --banana. --help lists the flags.'],
    [['--\u001b[31mred'], 'there is no flag --red. --help lists the flags.'],
    [['--__proto__=x'], 'there is no flag --__proto__. --help lists the flags.'],
    [['--constructor.prototype=x'], 'there is no flag --constructor.prototype. --help lists the flags.'],
    [['-x'], 'there is no flag -x. --help lists the flags.'],
    [['-qx'], 'there is no flag -x. --help lists the flags.'],
    [['--title'], '--title lacks its value.'],
    [['-d'], '-d lacks its value.'],
    [['--title', '--json'], '--title lacks its value. If --json is the value: --title=--json'],
    [['--jobs', 'abc'], '--jobs must be a number, not "abc".'],
    [['--jobs='], '--jobs must be a number, not "".'],
    [['--jobs', '0x10'], '--jobs must be a number, not "0x10".'],
    [['--jobs', 'Infinity'], '--jobs must be a number, not "Infinity".'],
    [['--jobs', '1e999'], '--jobs must be a number, not "1e999".'],
    [['--jobs', '4 '], '--jobs must be a number, not "4 ".'],
    [['--port', '1', '--port', 'x'], '--port must be a number, not "x".'],
    [['--status', 'opn'], '--status must be one of open, closed, not "opn".'],
    [['--json=yes'], '--json takes no value: write --json alone.'],
    [['--jobs', '1', '-j', '2'], '--jobs is given twice.'],
    [['--gate', '--no-gate'], '--gate is given twice.'],
  ])('refuses %j', (argv, message) => {
    expect(refusalOrNothing(() => parse(...argv))).toBe(message);
  });

  it('carries every value over as it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('""', "''", '"', '--', '-5', 'a,b', '1e3', 'true'),
    );
    fc.assert(
      fc.property(text, fc.array(text), fc.array(text), (title, label, operands) => {
        const argv = [`--title=${title}`, ...label.map((each) => `--label=${each}`), '--', ...operands];
        expect(flags(...argv)).toEqual({ ...NONE, title, label, operands });
      }),
    );
  });

  it('never ends the process and never throws anything but a refusal', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const word = fc.oneof(
      fc.constantFrom(
        '--version',
        '--help',
        '-h',
        '-v',
        '--',
        '--title',
        '-d',
        '--no-gate',
        '--json',
        '-rq',
        '---',
        '--=x',
      ),
      fc.string({ maxLength: 5 }),
      fc.string({ maxLength: 5 }).map((name) => `--${name}`),
      fc.string({ maxLength: 3 }).map((name) => `-${name}`),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (argv) => {
        // Anything but a refusal comes through, and fails the test.
        expect(refusalOrNothing(() => parse(...argv))).not.toContain('\n');
      }),
      { numRuns: 2000 },
    );
    expect(exit).not.toHaveBeenCalled();
  });

  it.each([['--help'], ['-h'], ['--json', '--help'], ['--banana', '-h'], ['x', '--help', '--title']])(
    'prints the help for %j %j',
    (...argv) => {
      const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      expect(parse(...argv)).toEqual({ kind: 'help' });
      expect(write.mock.calls).toEqual([['hew test: helps\n']]);
    },
  );
});

describe('operands', () => {
  it('takes what is named, and leaves out what may be left out', () => {
    expect(operands([])).toEqual([]);
    expect(operands(['<id>', '[run-id]'], 'a')).toEqual(['a']);
    expect(operands(['<id>', '[run-id]'], 'a', 'b')).toEqual(['a', 'b']);
    expect(operands(['<id>...'], 'a', 'b', 'c')).toEqual(['a', 'b', 'c']);
  });

  it('refuses too few and too many', () => {
    expect(refusalOrNothing(() => operands(['<id>', '<blocker>']))).toBe(
      '<id> and <blocker> are missing. --help tells more.',
    );
    expect(refusalOrNothing(() => operands(['<id>...']))).toBe('<id>... is missing. --help tells more.');
    expect(refusalOrNothing(() => operands(['<title>'], 'Fix', 'it'))).toBe(
      '"it" is one argument too many. Text with blanks goes in quotes.',
    );
    expect(refusalOrNothing(() => operands([], 'x'))).toBe(
      '"x" is one argument too many. --help tells what there is.',
    );
  });
});
