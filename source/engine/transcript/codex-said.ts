import { type CodexEvent, codexEventSchema, type CodexItem } from '../agents/codex-messages.js';
import { CODEX_CHANGES, withoutShell } from '../agents/codex-stream.js';
import { toolLine } from '../agents/tool-line.js';
import { CALL_LENGTH, type Said, saidAround, saidByTool, saidInFull, saidOfCall } from './said-part.js';

/** What an event of `codex exec --json` says, piece by piece; null when it is none. Paths inside `cwd` are relative to it. Pure. */
export function codexSaid(value: object, cwd: string | null): readonly Said[] | null {
  const event = codexEventSchema.safeParse(value);
  return event.success ? saidBy(event.data, value, cwd) : null;
}

function saidBy(event: CodexEvent, value: object, cwd: string | null): readonly Said[] {
  switch (event.type) {
    case 'turn.started':
    case 'turn.completed':
      return [saidAround(event.type.replace('.', ' '), value)];
    case 'turn.failed':
      return [saidInFull('error', event.error.message)];
    case 'error':
      return [saidInFull('error', event.message)];
    case 'item.started':
    case 'item.updated':
      // The end of an item tells all of it.
      return [saidAround(`${event.type.replace('item.', '')} ${typeNameOf(value)}`, value)];
    case 'item.completed':
      return saidByItem(event.item, value, cwd);
  }
}

function saidByItem(item: CodexItem, value: object, cwd: string | null): readonly Said[] {
  const call = (name: string, input: Readonly<Record<string, unknown>>): Said =>
    saidOfCall(toolLine(name, input, cwd, CALL_LENGTH), input);
  switch (item.type) {
    case 'agent_message':
      return [saidInFull('text', item.text)];
    case 'error':
      return [saidInFull('error', item.message)];
    case 'command_execution': {
      const kind = item.status === 'completed' ? 'result' : 'error';
      return [
        call('Bash', { command: withoutShell(item.command) }),
        saidByTool(kind, item.aggregated_output),
      ];
    }
    case 'file_change':
      return item.changes.map(({ path, kind }) => call(CODEX_CHANGES[kind] ?? 'Edit', { path }));
    case 'mcp_tool_call':
      return [saidOfCall(toolLine(`${item.server}.${item.tool}`, {}, cwd, CALL_LENGTH), value)];
    case 'web_search':
      return [call('WebSearch', { query: item.query })];
    case 'collab_tool_call':
      return [saidOfCall(toolLine(item.tool, {}, cwd, CALL_LENGTH), value)];
    case 'other':
      return [saidAround(typeNameOf(value), value)];
  }
}

/** Also of items that are not known. */
function typeNameOf(value: object): string {
  const { item } = value as { item: { type: string } };
  return item.type.replaceAll('_', ' ');
}
