import { z } from 'zod';

const kindSchema = z.enum(['iteration_timeout', 'stalled', 'aborted']);
/** Why hew ended an agent that had not ended by itself. */
export type InterruptionKind = z.infer<typeof kindSchema>;

const reasonSchema = z.union([
  z.object({ kind: kindSchema, message: z.string().catch('') }),
  z
    .object({ name: kindSchema, message: z.string().catch('') })
    .transform(({ name, message }) => ({ kind: name, message })),
]);

const MESSAGES: Readonly<Record<InterruptionKind, string>> = {
  iteration_timeout: 'the agent took longer than --iteration-timeout allows',
  stalled: 'the agent neither said nor did anything for too long',
  aborted: 'the agent was aborted',
};

/** The reason to give to `AbortController.abort()` when an agent is to be ended: it becomes the failure's kind. */
export class AgentInterruption extends Error {
  override readonly name = 'AgentInterruption';
  readonly kind: InterruptionKind;

  constructor(kind: InterruptionKind, message: string = MESSAGES[kind]) {
    super(message);
    this.kind = kind;
  }

  /** What a signal's reason means: the kind that its `kind` or `name` says, else `aborted`. Never throws. */
  static from(reason: unknown): AgentInterruption {
    if (reason instanceof AgentInterruption) return reason;
    const { success, data } = reasonSchema.safeParse(reason);
    return success
      ? new AgentInterruption(data.kind, data.message || undefined)
      : new AgentInterruption('aborted');
  }
}
