import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startSteppedAgents } from '../stepped-agents.js';
import { GATED, startLoop } from '../e2e/loop-run.js';
import { type BeadsProject, makeBeadsProject } from './real-bd.js';

const rows = z.array(
  z.object({
    id: z.string(),
    title: z.string(),
    status: z.string(),
    assignee: z.string().optional(),
    close_reason: z.string().optional(),
    labels: z.array(z.string()).optional(),
    notes: z.string().optional(),
  }),
);

/** What bd itself says of every issue, by title. */
async function listed({ bd }: BeadsProject): Promise<ReadonlyMap<string, z.infer<typeof rows>[number]>> {
  const all = rows.parse(JSON.parse(await bd('list', '--all', '--limit', '0', '--json')));
  return new Map(all.map((row) => [row.title, row]));
}

/** Works at once: a file of its own for each task, and a word that cannot be done for the one that is told so. */
const QUICK_AGENT = `#!/bin/sh
if grep -q 'cannot be done'; then echo "blocked $HEW_TASK_ID: told so"; exit 0; fi
echo "$HEW_TASK_ID" >"$HEW_TASK_ID.txt"
echo "closed $HEW_TASK_ID"
`;

describe('thirty issues of the real bd with dependencies, on four slots', () => {
  test('are drained, and bd agrees with the run in every row', async () => {
    await using project = await makeBeadsProject(GATED);
    const agent = join(project.folder, 'agent.sh');
    await writeFile(agent, QUICK_AGENT, { mode: 0o755 });
    const count = 30;
    const plan = {
      nodes: Array.from({ length: count }, (_, index) => ({
        key: `k${index}`,
        title: `Issue ${index}`,
        // One fails: it is given back, and who waits for it stays open.
        description: index === 27 ? 'This cannot be done.' : 'Write the file.',
        priority: index % 5,
      })),
      edges: Array.from({ length: count }, (_, index) => index)
        .filter((index) => index >= 6 && index % 2 === 0)
        .map((index) => ({ from_key: `k${index}`, to_key: `k${index - 6}`, type: 'blocks' }))
        .concat({ from_key: 'k29', to_key: 'k27', type: 'blocks' }),
    };
    await writeFile(join(project.folder, 'plan.json'), JSON.stringify(plan));
    await project.bd('create', '--graph', join(project.folder, 'plan.json'), '--json');

    await using run = await startLoop(project, { agent, flags: { jobs: 4 } });
    expect(await run.ended).toBe(1);
    expect(run.state.run?.queue).toBe('beads');

    const issues = await listed(project);
    expect(issues.size).toBe(count);
    console.log(
      JSON.stringify([...run.state.tasks.values()].map((t) => [t.id, t.fate, t.end, t.reason])),
      run.all('notice').map((n) => n.text),
      run.all('run.stopping'),
      run.all('run.finished'),
      run.all('iteration.finished').map((e) => [e.end, e.reason]),
    );
    const order: string[] = [];
    for (const { task } of run.all('iteration.started')) order.push(task);
    for (const [title, issue] of issues) {
      const told = [...run.state.tasks.values()].find(({ id }) => id === issue.id);
      const expected =
        title === 'Issue 27'
          ? { row: { status: 'open', labels: ['hew-failed'] }, fate: 'failed' }
          : title === 'Issue 29'
            ? { row: { status: 'open' }, fate: undefined }
            : {
                row: { status: 'closed', close_reason: `Merged as ${told?.sha} by ${run.run}` },
                fate: 'merged',
              };
      expect(issue, title).toMatchObject(expected.row);
      expect(told?.fate, title).toBe(expected.fate);
      expect(issue.status === 'closed', title).toBe(told?.closed ?? false);
      if (issue.status === 'open') expect(issue.assignee).toBeUndefined();
    }
    // No dependent began before its blocker's work was merged.
    const idOf = (key: string): string => issues.get(`Issue ${key.slice(1)}`)?.id ?? '';
    for (const { from_key, to_key } of plan.edges.filter((edge) => edge.from_key !== 'k29'))
      expect(order.indexOf(idOf(from_key))).toBeGreaterThan(order.indexOf(idOf(to_key)));
    const files = await project.git('ls-tree', '--name-only', 'main');
    expect(files.split('\n').filter((file) => file.endsWith('.txt'))).toHaveLength(count - 2);
    expect(await project.git('status', '--porcelain')).toBe('');
  });
});

describe('a claim that somebody else takes before the merge', () => {
  test('is not merged, and its work is salvaged', async () => {
    await using project = await makeBeadsProject(GATED);
    await using agents = await startSteppedAgents();
    const id = (await project.bd('create', 'Contested', '--silent')).trim();
    await using run = await startLoop(project, { agent: agents.command });
    const agent = await agents.next();
    await agent.write('work.txt', 'work\n');
    await project.bd('update', id, '--assignee', 'somebody', '--force');
    await agent.close();
    const { end, salvage, fate } = await run.until('iteration.finished');
    expect({ end, fate }).toEqual({ end: 'claim_lost', fate: 'open again' });
    expect(await project.git('show', `${salvage}:work.txt`)).toBe('work');
    await run.ended;
    expect((await listed(project)).get('Contested')).toMatchObject({
      status: 'in_progress',
      assignee: 'somebody',
    });
    expect(await project.git('ls-tree', '--name-only', 'main')).not.toContain('work.txt');
  });
});
