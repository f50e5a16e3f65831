// One task of 12 s and five of 3 s on 3 slots, with a real gate: ideal is 12 s from run.started to run.landed.
import { makeBenchProject, secondsBetween } from './bench-project.ts';

const GOAL_SECONDS = 13;

using project = makeBenchProject({
  '.hew.toml': '[gate]\ntest = "node --test"\n',
  'package.json': '{ "type": "module" }\n',
  'sum.test.js':
    "import assert from 'node:assert';\nimport { test } from 'node:test';\ntest('adds', () => assert.equal(1 + 1, 2));\n",
});
project.fileTasks(6);
const agent = project.script(
  'agent.sh',
  `#!/bin/sh
cat >/dev/null
if [ "$HEW_TASK_ID" = app-1 ]; then sleep 12; else sleep 3; fi
echo "$HEW_TASK_ID" >"$HEW_TASK_ID.txt"
git add --all
git commit --quiet --message "Work on $HEW_TASK_ID"
echo "closed $HEW_TASK_ID"
`,
);
const events = await project.run('--jobs', '3', '--runtime', 'command', '--agent-command', agent);
const seconds = secondsBetween(events, 'run.started', 'run.landed');
process.stdout.write(
  `${seconds.toFixed(2)} s from run.started to run.landed (ideal 12, goal under ${GOAL_SECONDS})\n`,
);
process.exitCode = seconds < GOAL_SECONDS ? 0 : 1;
