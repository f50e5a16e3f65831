import { z } from 'zod';

const messageSchema = z.object({ type: z.literal('user'), message: z.object({ content: z.string() }) });

/** The prompt in what `claude -p --input-format stream-json` reads: one message of the user a line. Pure. */
export function promptIn(stdin: string): string {
  return stdin
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => messageSchema.parse(JSON.parse(line)).message.content)
    .join('\n');
}
