import { type ClaudeMessage, claudeMessageSchema } from '../agents/claude-messages.js';
import { toolLine } from '../agents/tool-line.js';
import { CALL_LENGTH, type Said, saidAround, saidByTool, saidInFull, saidOfCall } from './said-part.js';

/** What a message of Claude's `stream-json` says, piece by piece; null when it is none. Paths inside `cwd` are relative to it. Pure. */
export function claudeSaid(value: object, cwd: string | null): readonly Said[] | null {
  const message = claudeMessageSchema.safeParse(value);
  return message.success ? saidBy(message.data, value, cwd) : null;
}

function saidBy(message: ClaudeMessage, value: object, cwd: string | null): readonly Said[] {
  switch (message.type) {
    case 'assistant':
      return message.message.content.map((block, index) => {
        if (block.type === 'text') return saidInFull(message.error === null ? 'text' : 'error', block.text);
        if (block.type === 'tool_use')
          return saidOfCall(toolLine(block.name, block.input, cwd, CALL_LENGTH), block.input);
        return aroundBlock(value, index);
      });
    case 'user':
      return message.message.content.map((block, index) => {
        if (block.type !== 'tool_result') return aroundBlock(value, index);
        const { content, is_error } = block;
        const text = typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');
        return saidByTool(is_error ? 'error' : 'result', text);
      });
    case 'system':
      return [saidAround(`system ${message.subtype}`.trimEnd(), value)];
    case 'result':
      return message.is_error
        ? [saidByTool('error', [message.result ?? '', ...message.errors].join('\n'))]
        : [saidAround('result', value)];
    case 'stream_event':
    case 'rate_limit_event':
      return [saidAround(message.type.replaceAll('_', ' '), value)];
  }
}

/** A block of a kind that is not known: what it is called tells what it is. */
function aroundBlock(value: object, index: number): Said {
  const { message } = value as { message: { content: string | readonly { type: string }[] } };
  if (typeof message.content === 'string') return saidAround('prompt', message.content);
  const block = message.content[index];
  return saidAround(block?.type === 'text' ? 'prompt' : (block?.type ?? '?').replaceAll('_', ' '), block);
}
