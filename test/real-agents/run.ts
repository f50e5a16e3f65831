import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import which from 'which';

// Runs the tests with the real programs of agents, those of them that are there, where no connection can leave the machine.

const PROGRAMS = [
  { name: 'claude', variable: 'HEW_LOOP_CLAUDE_BIN' },
  { name: 'codex', variable: 'HEW_LOOP_CODEX_BIN' },
] as const;
const LOOPBACK_ONLY = '(ip link set lo up || ifconfig lo up) 2>/dev/null && exec "$@"';
const ISOLATIONS = [
  ['unshare', '--net', 'sh', '-c', LOOPBACK_ONLY, 'sh'],
  ['unshare', '--map-root-user', '--net', 'sh', '-c', LOOPBACK_ONLY, 'sh'],
] as const;

async function findPrograms(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, variable } of PROGRAMS) {
    const file = await which(process.env[variable] || name, { nothrow: true });
    if (file !== null) found[variable] = resolve(file);
    else console.log(`test:agents: skipped ${name}: it is neither on PATH nor named by ${variable}.`);
  }
  return found;
}

/** What to put before a command so that it has nothing but loopback; nothing where the machine does not allow that. */
async function findIsolation(): Promise<readonly string[]> {
  for (const isolation of ISOLATIONS) {
    const [file, ...args] = isolation;
    const { exitCode } = await execa(file, [...args, 'true'], { reject: false });
    if (exitCode === 0) return isolation;
  }
  console.log(
    'test:agents: this machine allows no network of its own for them: they are only told to use loopback.',
  );
  return [];
}

const programs = await findPrograms();
if (Object.keys(programs).length > 0) {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const config = fileURLToPath(new URL('../../vitest.agents.config.ts', import.meta.url));
  const command = [process.execPath, vitest, 'run', '--config', config];
  const [file = '', ...args] = [...(await findIsolation()), ...command];
  const { exitCode } = await execa(file, args, { env: programs, stdio: 'inherit', reject: false });
  process.exitCode = exitCode ?? 1;
}
