import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, most of it in waiting: begun last, one of them would go on alone. */
const LONGEST = [
  'test/kill/sample.test.ts',
  'test/e2e/guardian.test.ts',
  'test/kill/faulty-disk.test.ts',
  'test/e2e/night.test.ts',
  'test/e2e/parked.test.ts',
  'test/e2e/forty-tasks.test.ts',
  'test/engine/queue/beads-queue.test.ts',
  'test/commands/task.test.ts',
];

/** The order in which Vitest begins the test files: the longest first, also where no earlier run has measured them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
