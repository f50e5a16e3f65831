import { expect, test } from 'vitest';
import { childEnvironment } from '../../../source/engine/processes/child-environment.js';

test("drops npm's own folders in front of PATH, and what is not set", () => {
  const env = {
    PATH: '/a/node_modules/.bin:/node_modules/.bin:/usr/bin:/b/node_modules/.bin',
    HOME: '/home',
    GONE: undefined,
  };
  expect(childEnvironment(env, { HEW_SLOT: '1', HOME: '/other' })).toEqual({
    PATH: '/usr/bin:/b/node_modules/.bin',
    HOME: '/other',
    HEW_SLOT: '1',
  });
});
