import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { temporaryFolder } from '../../temporary-folder.js';

/** What the fake bd answers to one call. */
export interface FakeAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit_code?: number;
  /** It never ends by itself. */
  readonly hang?: boolean;
  /** It has printed everything, and ends only then. */
  readonly delay_ms?: number;
}

const callSchema = z.object({
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  pid: z.number(),
});
export type FakeCall = z.infer<typeof callSchema>;

export interface FakeBd extends AsyncDisposable {
  readonly folder: string;
  /** A whole environment whose `bd` is the fake. */
  readonly env: Readonly<Record<string, string>>;
  /** Every call so far. */
  calls(): Promise<readonly FakeCall[]>;
}

/** Makes a program `bd` that answers its calls by verb, in turn: the last answer of a verb holds from then on. */
export async function fakeBd(answers: Readonly<Record<string, readonly FakeAnswer[]>>): Promise<FakeBd> {
  const folder = await temporaryFolder();
  const bin = folder.at('bin');
  await mkdir(bin);
  await writeFile(folder.at('bin', 'answers.json'), JSON.stringify(answers));
  await copyFile(
    fileURLToPath(new URL('../../fixtures/fake-bd.mjs', import.meta.url)),
    folder.at('bin', 'fake-bd.mjs'),
  );
  const script = `#!/bin/sh\nexec '${process.execPath}' '${folder.at('bin', 'fake-bd.mjs')}' "$@"\n`;
  await writeFile(folder.at('bin', 'bd'), script, { mode: 0o755 });
  return {
    folder: folder.path,
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: folder.path },
    calls: async () => {
      const text = await readFile(folder.at('bin', 'calls.jsonl'), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => callSchema.parse(JSON.parse(line)));
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** The text of a recording of the real bd. */
export function recorded(name: string): Promise<string> {
  return readFile(new URL(`../../recordings/${name}`, import.meta.url), 'utf8');
}
