import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import fnv1a from '@sindresorhus/fnv1a';
import pLimit from 'p-limit';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { type Sha, shaSchema } from '../ids.js';
import type { GateCommand } from '../ports.js';

/** How many trees the file remembers; the oldest is forgotten first. */
export const MAX_GREEN_TREES = 50;

const fileSchema = z.object({
  v: z.literal(1),
  green: z.array(
    z.object({ tree: shaSchema, gate: z.string().regex(/^[0-9a-f]{16}$/), at: z.iso.datetime() }),
  ),
});
type GreenTree = z.infer<typeof fileSchema>['green'][number];

/** Which gate it is: 16 hex digits of the FNV-1a 64 hash of its commands, in their order. Pure. */
export function gateHash(commands: readonly GateCommand[]): string {
  const text = JSON.stringify(commands.map(({ name, command }) => [name, command]));
  return fnv1a(text, { size: 64 }).toString(16).padStart(16, '0');
}

/** What was remembered. It only ever saves work, so a file that is missing or broken counts as empty. */
async function readGreenTrees(file: string): Promise<readonly GreenTree[]> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).green;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing || error instanceof SyntaxError || error instanceof z.ZodError) return [];
    throw error;
  }
}

/** The trees that have passed a gate: a tree's sha and the gate's commands tell all that hew lets a gate depend on. */
export class GreenTrees {
  readonly #file: string;
  readonly #green: Map<string, GreenTree>;
  /** Slots finish their gates at once: the file that is written last must be the one that knows most. */
  readonly #turn = pLimit(1);

  private constructor(file: string, green: readonly GreenTree[]) {
    this.#file = file;
    this.#green = new Map(green.map((entry) => [`${entry.tree} ${entry.gate}`, entry]));
  }

  /**
   * Opens `.hew/green-trees.json`. A file that is missing or broken is taken as empty and written anew by the next
   * {@link remember}; one that cannot be read rejects.
   */
  static async open(file: string): Promise<GreenTrees> {
    return new GreenTrees(file, await readGreenTrees(file));
  }

  /** Whether this tree has passed exactly these commands. */
  has(tree: Sha, commands: readonly GateCommand[]): boolean {
    return this.#green.has(`${tree} ${gateHash(commands)}`);
  }

  /**
   * From now on the tree is known to be green: at once in memory, and in the file when the promise resolves. Rejects
   * when the file cannot be written; this run remembers it all the same.
   */
  async remember(tree: Sha, commands: readonly GateCommand[], now: Date): Promise<void> {
    const entry = { tree, gate: gateHash(commands), at: now.toISOString() };
    const key = `${tree} ${entry.gate}`;
    this.#green.delete(key);
    this.#green.set(key, entry);
    for (const oldest of [...this.#green.keys()].slice(0, -MAX_GREEN_TREES)) this.#green.delete(oldest);
    await this.#turn(() => this.#write());
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    const text = `${JSON.stringify({ v: 1, green: [...this.#green.values()] }, null, 1)}\n`;
    await writeFileAtomic(this.#file, text);
  }
}
