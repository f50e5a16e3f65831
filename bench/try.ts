import { readFileSync, readdirSync } from 'node:fs';
import { makeBenchProject } from './bench-project.ts';
import { lineAgents } from './screen/line-agent.ts';
import { measuredTerminal } from './screen/measured-terminal.ts';
using project = makeBenchProject({ 'README.md': '# Bench\n' });
const [slots, lines, columns = 200, rows = 50] = process.argv.slice(2).map(Number);
const t = measuredTerminal({
  project,
  columns: columns!,
  rows: rows!,
  argv: lineAgents(project, slots!, lines!),
  node: ['--import', '/tmp/probe.mjs'],
});
const count = () => {
  let n = 0;
  const loop = project.path + '/.hew/loop';
  for (const r of readdirSync(loop))
    for (const w of readdirSync(`${loop}/${r}`))
      if (w.startsWith('worker-'))
        for (const f of readdirSync(`${loop}/${r}/${w}`))
          if (f.endsWith('agent.jsonl'))
            n += readFileSync(`${loop}/${r}/${w}/${f}`, 'latin1').split('\n').length - 1;
  return n;
};
await new Promise((r) => setTimeout(r, 18000));
const a = count();
await new Promise((r) => setTimeout(r, 12000));
console.log('lines/s', (count() - a) / 12);
await new Promise((r) => setTimeout(r, 3000));
console.log(await t.end());
