import { z } from 'zod';
import { type TaskId, taskIdSchema } from '../ids.js';
import type { Task } from '../ports.js';

/** bd leaves out what is empty. */
const text = z.string().nullish();

const dependencySchema = z.object({
  depends_on_id: text,
  type: text,
  /** `bd show` prints the other issue itself, with the kind of the tie. */
  id: text,
  dependency_type: text,
});

const issueSchema = z.object({
  id: z.string().min(1),
  title: z.string(),
  description: text,
  acceptance_criteria: text,
  status: text,
  priority: z.int().nullish(),
  issue_type: text,
  labels: z.array(z.string()).nullish(),
  assignee: text,
  dependencies: z.array(dependencySchema).nullish(),
  parent: text,
  created_at: text,
  updated_at: text,
  closed_at: text,
  close_reason: text,
  notes: text,
  pinned: z.boolean().nullish(),
});
type Issue = z.infer<typeof issueSchema>;

/** What a listing of bd comes to. */
export interface BdIssues {
  readonly tasks: ReadonlyMap<TaskId, Task>;
  /** Ids that bd allows and hew could not pass on safely: these issues are left out. */
  readonly unfit: readonly string[];
}

const issuesSchema = z.array(issueSchema);
const readySchema = z.array(z.object({ id: z.string() }));

/** Reads the payload of `bd list`, `bd show` or `bd update`. Throws a ZodError when it is no list of issues. Pure. */
export function parseIssues(payload: unknown): BdIssues {
  const tasks = new Map<TaskId, Task>();
  const unfit: string[] = [];
  for (const issue of issuesSchema.parse(payload)) {
    const id = taskIdSchema.safeParse(issue.id);
    if (id.success) tasks.set(id.data, taskOf(issue, id.data));
    else unfit.push(issue.id);
  }
  return { tasks, unfit };
}

/** The ids of a listing, in its order. Throws a ZodError when it is no list of issues. Pure. */
export function parseReady(payload: unknown): readonly TaskId[] {
  return readySchema.parse(payload).flatMap(({ id }) => taskIdSchema.safeParse(id).data ?? []);
}

function taskOf(issue: Issue, id: TaskId): Task {
  const created = issue.created_at ?? '';
  const dependencies = (issue.dependencies ?? []).map((each) => ({
    issue_id: issue.id,
    depends_on_id: each.depends_on_id ?? each.id ?? '',
    type: each.type ?? each.dependency_type ?? 'blocks',
  }));
  return {
    id,
    title: issue.title,
    description: issue.description ?? '',
    acceptance_criteria: issue.acceptance_criteria ?? '',
    status: issue.status || 'open',
    priority: issue.priority ?? 2,
    issue_type: issue.issue_type || 'task',
    labels: issue.labels ?? [],
    assignee: issue.assignee || null,
    dependencies,
    parent: issue.parent || (dependencies.find(({ type }) => type === 'parent-child')?.depends_on_id ?? null),
    created_at: created,
    updated_at: issue.updated_at ?? created,
    closed_at: issue.closed_at ?? null,
    close_reason: issue.close_reason || null,
    notes: issue.notes ?? '',
    pinned: issue.pinned ?? false,
  };
}
