import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { DEMO_TASKS, type DemoTask } from './demo-tasks.js';
import { meetAt } from './meet-at.js';
import { ScriptedStream, type StreamMessage } from './scripted-stream.js';

/** What the scripted agent is started with. */
export interface ScriptedWork {
  readonly prompt: string;
  /** Its task's id, which its last line must name. */
  readonly task: string;
  /** 1 is the first try. */
  readonly attempt: number;
  readonly cwd: string;
  /** Milliseconds that it seems to think before each step, more or less. */
  readonly pause_ms: number;
  /** Where two agents meet that must both have begun before one goes on. */
  readonly meeting: string;
  readonly write: (message: StreamMessage) => void;
}

/** Works on one of the demo's tasks by its script: real edits, a real commit, the words of a model. */
export async function runScriptedAgent(work: ScriptedWork): Promise<void> {
  const { task: id, prompt, write } = work;
  const stream = new ScriptedStream({ session: `${id}-${work.attempt}`, cwd: work.cwd });
  write(stream.init());
  const title = /^# Task \S+: (.*)$/m.exec(prompt)?.[1];
  const task = DEMO_TASKS.find((each) => each.title === title);
  if (task === undefined) {
    const why = `blocked ${id}: this is the demo's scripted agent, which knows the demo's tasks alone`;
    write(stream.text(why));
    write(stream.result(why));
    return;
  }
  if (task.beside !== undefined) await meetAt(work.meeting, task.name, task.beside);
  const hands = new Hands(work, stream, paceOf(task));
  await (task.mistake !== undefined && work.attempt === 1 ? blunder(hands, task) : doWell(hands, task, work));
  const last = `closed ${id}`;
  await hands.say(last);
  write(stream.result(last));
}

async function doWell(hands: Hands, task: DemoTask, { attempt }: ScriptedWork): Promise<void> {
  if (attempt === 1) await hands.say(`I look at what is there, then I do it: ${task.description}`);
  else await hands.say('My last try failed the tests. I read why, and do it again with a test that I run.');
  for (const path of task.reads) await hands.read(path);
  if (task.edit) await hands.edit(task.edit.path, task.edit.from, task.edit.to);
  for (const { path, text } of task.writes) await hands.write(path, text);
  for (const { path } of task.writes) if (path.startsWith('test/')) await hands.run(`node ${path}`);
  await hands.commit(task.title);
}

/** Writes what is wrong beside a test that is right, and runs nothing: the gate finds it. */
async function blunder(hands: Hands, task: DemoTask): Promise<void> {
  await hands.say(`That is easy, I need no tests for it: ${task.description}`);
  for (const path of task.reads) await hands.read(path);
  for (const file of task.writes) {
    const { path, text } = task.mistake?.path === file.path ? task.mistake : file;
    await hands.write(path, text);
  }
  await hands.commit(task.title);
}

/** From 0.8 to 1.2, always the same for a task: four agents must not move in step. */
function paceOf({ name }: DemoTask): number {
  const sum = Buffer.from(name).reduce((total, byte) => total + byte, 0);
  return 0.8 + (sum % 41) / 100;
}

/** Does things, and tells of each as Claude tells of its tools. */
class Hands {
  readonly #work: ScriptedWork;
  readonly #stream: ScriptedStream;
  readonly #pace: number;

  constructor(work: ScriptedWork, stream: ScriptedStream, pace: number) {
    this.#work = work;
    this.#stream = stream;
    this.#pace = pace;
  }

  async say(text: string): Promise<void> {
    await pause(this.#work.pause_ms * this.#pace);
    this.#work.write(this.#stream.text(text));
  }

  async read(path: string): Promise<void> {
    await this.#use('Read', { file_path: this.#at(path) }, () => readFile(this.#at(path), 'utf8'));
  }

  async write(path: string, content: string): Promise<void> {
    await this.#use('Write', { file_path: this.#at(path), content }, async () => {
      await mkdir(dirname(this.#at(path)), { recursive: true });
      await writeFile(this.#at(path), content);
      return 'File created successfully.';
    });
  }

  async edit(path: string, from: string, to: string): Promise<void> {
    await this.#use('Edit', { file_path: this.#at(path), old_string: from, new_string: to }, async () => {
      const text = await readFile(this.#at(path), 'utf8');
      if (!text.includes(from)) throw new Error(`String to replace not found in ${path}.`);
      await writeFile(
        this.#at(path),
        text.replace(from, () => to),
      );
      return `The file ${path} has been updated.`;
    });
  }

  async run(command: string): Promise<void> {
    await this.#use('Bash', { command }, async () => {
      const ran = await execa('sh', ['-c', command], { cwd: this.#work.cwd, all: true, reject: false });
      if (ran.failed) throw new Error(ran.all === '' ? ran.shortMessage : ran.all);
      return ran.all;
    });
  }

  async commit(message: string): Promise<void> {
    await this.run(`git add --all && git commit --quiet --message '${message}' && git log --oneline -1`);
  }

  /** A tool that fails is told, and the script goes on: the gate judges what came of it. */
  async #use(
    name: string,
    input: Readonly<Record<string, string>>,
    act: () => Promise<string>,
  ): Promise<void> {
    const { write, pause_ms } = this.#work;
    await pause(pause_ms * this.#pace);
    const { id, message } = this.#stream.call(name, input);
    write(message);
    try {
      write(this.#stream.answer(id, await act()));
    } catch (error) {
      write(this.#stream.answer(id, error instanceof Error ? error.message : String(error), true));
    }
  }

  #at(path: string): string {
    return join(this.#work.cwd, path);
  }
}
