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

/** One issue of a listing: a task, or the id of one that cannot be passed on. */
export type BdIssue =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'unfit'; readonly id: string };

const listSchema = z.array(z.unknown());
const readySchema = z.object({ id: z.string() });

/** Reads the payload of `bd list`, `bd show` or `bd update`. Throws a ZodError when it is no list of issues. Pure. */
export function parseIssues(payload: unknown): BdIssues {
  return issuesOf(listSchema.parse(payload).map(parseIssue));
}

/** Reads one issue as bd prints it. Throws a ZodError when it is none. Pure. */
export function parseIssue(value: unknown): BdIssue {
  const issue = issueSchema.parse(value);
  const id = taskIdSchema.safeParse(issue.id);
  return id.success ? { kind: 'task', task: taskOf(issue, id.data) } : { kind: 'unfit', id: issue.id };
}

/** What single issues come to as a listing. Pure. */
export function issuesOf(issues: readonly BdIssue[]): BdIssues {
  const tasks = new Map<TaskId, Task>();
  const unfit: string[] = [];
  for (const issue of issues) {
    if (issue.kind === 'task') tasks.set(issue.task.id, issue.task);
    else unfit.push(issue.id);
  }
  return { tasks, unfit };
}

/** The id of an issue that is ready; null where hew could not pass it on. Throws a ZodError when it is no issue. Pure. */
export function parseReady(value: unknown): TaskId | null {
  return taskIdSchema.safeParse(readySchema.parse(value).id).data ?? null;
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
