import { once } from 'node:events';
import { stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../source/engine/clock.js';
import { connectControl } from '../../source/engine/control-client.js';
import { type ControlServer, openControlServer } from '../../source/engine/control-server.js';
import type { Control } from '../../source/engine/controls.js';
import { EventStream } from '../../source/engine/event-stream.js';
import type { DurableEvent } from '../../source/engine/events.js';
import { newRunId, shortRunId } from '../../source/engine/ids.js';
import { exampleEvents, started } from '../example-run.js';
import { temporaryFolder } from '../temporary-folder.js';

const RUN = newRunId(new Date());

interface Opened extends AsyncDisposable {
  readonly path: string;
  readonly server: ControlServer;
  readonly events: EventStream;
  readonly controls: readonly Control[];
}

/** A control socket of a run that does nothing by itself. */
async function open(): Promise<Opened> {
  const folder = await temporaryFolder();
  const journal = folder.at('events.jsonl');
  await writeFile(journal, '');
  const events = new EventStream({ append: async () => {}, close: async () => {} }, systemClock);
  const controls: Control[] = [];
  const control = (each: Control): void => void controls.push(each);
  const opened = await openControlServer({ run: RUN, hew_home: folder.path, journal, events, control });
  if (opened.kind === 'closed') throw new Error(opened.problem);
  const { server } = opened;
  const dispose = async (): Promise<void> => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { path: server.path, server, events, controls, [Symbol.asyncDispose]: dispose };
}

const [BEGUN] = exampleEvents([started()]) as [DurableEvent];
const LINE = { type: 'agent.line', slot: 1, worker: 0, kind: 'text' } as const;

describe('the control socket', () => {
  it('is for its owner only, and lies where its run is known to listen', async () => {
    await using opened = await open();
    expect(opened.path.endsWith(`/run/${shortRunId(RUN)}.sock`)).toBe(true);
    expect((await stat(opened.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(opened.path, '..'))).mode & 0o777).toBe(0o700);
  });

  it('tells how much there was, then what passed by last, then everything', async () => {
    await using opened = await open();
    const { events } = opened;
    await events.record(BEGUN);
    for (const reason of ['an earlier one', 'the last one'])
      events.pass({ type: 'workers.conflicting', conflicts: [], reason });
    for (let line = 0; line < 500; line += 1) events.pass({ ...LINE, text: `line ${line}` });
    using client = await connectControl(opened.path);
    expect(client.hello).toMatchObject({ run: RUN, events: 1 });
    const told: string[] = [];
    const heard = new Promise<void>((resolve) => {
      client.listen((event) => {
        told.push(event.type === 'agent.line' ? event.text : event.type);
        if (event.type === 'slot.paused') resolve();
      });
    });
    events.note({ type: 'slot.paused', slot: 1 });
    await heard;
    expect(told).toHaveLength(102);
    expect(told[0]).toBe('workers.conflicting');
    expect(told.slice(-2)).toEqual(['line 499', 'slot.paused']);
  });

  it('follows what can be followed, and says why not else', async () => {
    await using opened = await open();
    await opened.events.record(BEGUN);
    using client = await connectControl(opened.path);
    expect(await client.ask({ type: 'pauseSlot', slot: 2 })).toEqual({ ok: true, text: 'slot 2 is paused' });
    expect(await client.ask({ type: 'pauseSlot', slot: 9 })).toMatchObject({ ok: false });
    expect(await client.ask({ type: 'abortSlot', slot: 1 })).toMatchObject({ ok: false });
    expect(opened.controls).toEqual([{ type: 'pauseSlot', slot: 2 }]);
  });

  it('understands nothing else, and ends with whoever never ends a line', async () => {
    await using opened = await open();
    const socket = connect(opened.path);
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    await lines.next();
    socket.write('{"id":1,"control":{"type":"runShell","command":"true"}}\nnot json\n');
    for (let answer = 0; answer < 2; answer += 1) {
      expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ kind: 'answer', ok: false });
    }
    socket.on('error', () => socket.destroy());
    socket.write('x'.repeat(100_000));
    if (!socket.destroyed) await once(socket, 'close');
    expect(opened.controls).toEqual([]);
  });

  it('drops a client that does not read, and keeps the others', async () => {
    await using opened = await open();
    const slow = connect(opened.path);
    await once(slow, 'connect');
    slow.pause();
    slow.on('error', () => slow.destroy());
    const dropped = once(slow, 'close');
    using client = await connectControl(opened.path);
    let lines = 0;
    const all = new Promise<void>((resolve) => {
      client.listen((event) => {
        if (event.type === 'agent.line') lines += 1;
        if (event.type === 'queue.seen') resolve();
      });
    });
    const text = 'x'.repeat(64 * 1024);
    for (let line = 0; line < 400; line += 1) {
      opened.events.pass({ ...LINE, text });
      // The one that reads gets its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    opened.events.pass({ type: 'queue.seen', left: 0 });
    await all;
    expect(lines).toBe(400);
    slow.resume();
    await dropped;
  });

  it('tells all to the end, and takes the place of what a dead run has left', async () => {
    const opened = await open();
    const { path, server, events } = opened;
    using client = await connectControl(path);
    const told: string[] = [];
    client.listen((event) => told.push(event.type));
    events.note({ type: 'notice', level: 'info', text: 'the last word' });
    await server[Symbol.asyncDispose]();
    await client.closed;
    expect(told).toEqual(['notice']);
    await expect(client.ask({ type: 'drainRun' })).rejects.toThrow('the run has gone');
    await expect(connectControl(path)).rejects.toThrow('cannot be reached');
    await writeFile(path, 'left by a dead run');
    const journal = join(path, '..', '..', 'events.jsonl');
    const request = { run: RUN, hew_home: join(path, '..', '..'), journal, events, control: () => {} };
    const again = await openControlServer(request);
    if (again.kind === 'closed') throw new Error(again.problem);
    const second = await openControlServer(request);
    expect(second).toMatchObject({
      kind: 'closed',
      problem: expect.stringContaining('somebody else') as string,
    });
    await again.server[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });
});
