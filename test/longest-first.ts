import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, most of it in waiting: begun last, one of them would go on alone. */
const LONGEST = [
  'test/kill/sample.test.ts',
  'test/e2e/guardian.test.ts',
  'test/e2e/wayward-agents.test.ts',
  'test/e2e/walk.test.ts',
  'test/kill/faulty-disk.test.ts',
  'test/e2e/hurtful-tasks.test.ts',
  'test/e2e/landing-obstacles.test.ts',
  'test/e2e/parked.test.ts',
  'test/e2e/resume.test.ts',
  'test/e2e/night.test.ts',
  'test/e2e/screen.test.ts',
  'test/e2e/forty-tasks.test.ts',
  'test/commands/task.test.ts',
];

/** The order in which Vitest begins the test files: the longest first, and what shares its process together at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
      if (place !== -1) return place;
      return project.config.isolate ? LONGEST.length : LONGEST.length + 1;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
