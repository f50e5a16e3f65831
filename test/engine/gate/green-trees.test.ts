import { readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { gateHash, GreenTrees, MAX_GREEN_TREES } from '../../../source/engine/gate/green-trees.js';
import { type Sha, shaSchema } from '../../../source/engine/ids.js';
import { temporaryFolder } from '../../temporary-folder.js';

const GATE = [{ name: 'test', command: 'npm test' }];
const OTHER_GATE = [{ name: 'test', command: 'npm test -- --bail' }];
const NOW = new Date('2026-11-23T01:02:03Z');

function tree(number: number): Sha {
  return shaSchema.parse(number.toString(16).padStart(40, '0'));
}

describe('GreenTrees', () => {
  it('knows a tree by its gate, at once and in the next run', async () => {
    await using folder = await temporaryFolder();
    const file = folder.at('.hew', 'green-trees.json');
    const trees = await GreenTrees.open(file);
    expect(trees.has(tree(1), GATE)).toBe(false);
    await trees.remember(tree(1), GATE, NOW);
    for (const known of [trees, await GreenTrees.open(file)]) {
      expect(known.has(tree(1), GATE)).toBe(true);
      expect(known.has(tree(1), OTHER_GATE)).toBe(false);
      expect(known.has(tree(2), GATE)).toBe(false);
    }
    expect(await readdir(folder.at('.hew'))).toEqual(['green-trees.json']);
  });

  it('forgets the oldest, where remembering again makes young', async () => {
    await using folder = await temporaryFolder();
    const file = folder.at('green-trees.json');
    const trees = await GreenTrees.open(file);
    for (let number = 0; number < MAX_GREEN_TREES; number += 1) await trees.remember(tree(number), GATE, NOW);
    await trees.remember(tree(0), GATE, NOW);
    await trees.remember(tree(1000), GATE, NOW);
    const known = await GreenTrees.open(file);
    expect([0, 1, 2, 1000].map((number) => known.has(tree(number), GATE))).toEqual([true, false, true, true]);
  });

  it.each(['', '{', 'null', '{"v":2,"green":[]}', '{"v":1,"green":[{"tree":"no sha","gate":"0","at":""}]}'])(
    'takes %j as empty, and writes it anew',
    async (text) => {
      await using folder = await temporaryFolder();
      const file = folder.at('green-trees.json');
      await writeFile(file, text);
      const trees = await GreenTrees.open(file);
      expect(trees.has(tree(1), GATE)).toBe(false);
      await trees.remember(tree(1), GATE, NOW);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
        v: 1,
        green: [{ tree: tree(1), gate: gateHash(GATE), at: NOW.toISOString() }],
      });
    },
  );

  it('says so when the file cannot be read or written', async () => {
    await using folder = await temporaryFolder();
    await expect(GreenTrees.open(folder.path)).rejects.toThrow('EISDIR');
    await writeFile(folder.at('file'), '');
    await expect(GreenTrees.open(folder.at('file', 'green-trees.json'))).rejects.toThrow('ENOTDIR');
  });

  it('writes whole files, also when several are remembered at once', async () => {
    await using folder = await temporaryFolder();
    const file = folder.at('green-trees.json');
    const trees = await GreenTrees.open(file);
    await Promise.all([1, 2, 3, 4].map((number) => trees.remember(tree(number), GATE, NOW)));
    const known = await GreenTrees.open(file);
    expect([1, 2, 3, 4].every((number) => known.has(tree(number), GATE))).toBe(true);
  });
});

describe('gateHash', () => {
  it('tells commands apart by name, text and order', () => {
    const [a, b] = [
      { name: 'a', command: '1' },
      { name: 'b', command: '2' },
    ];
    const gates = [
      [],
      [a],
      [b],
      [a, b],
      [b, a],
      [{ name: 'a1', command: '' }],
      [{ name: 'a', command: '2' }],
    ];
    const hashes = gates.map(gateHash);
    expect(new Set(hashes).size).toBe(gates.length);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(gateHash(GATE)).toBe(gateHash([{ command: 'npm test', name: 'test' }]));
  });
});
