import { describe, expect, it } from 'vitest';
import { justRecipes, makeTargets } from '../../../source/engine/gate/recipes.js';

describe('justRecipes', () => {
  it.each([
    ['test:', ['test']],
    ['@test: build', ['test']],
    ['test : build && after', ['test']],
    ['test *args:', ['test']],
    ["test target='all' *args:", ['test']],
    ['test target="a b: c":', ['test']],
    ['test where=`pwd`:', ['test']],
    ["test a=('x' / 'y'):", ['test']],
    ['alias test := check', ['test']],
    ['test \\\n  :', ['test']],
    ['test:\r\nlint:\r\n', ['test', 'lint']],
  ])('finds what %j can be called with nothing', (text, names) => {
    expect([...justRecipes(text)]).toEqual(names);
  });

  it.each([
    'test target:',
    'test +args:',
    'test := "x"',
    '# test:',
    '  test:',
    'set test',
    'test',
    'import "x"',
  ])('finds nothing in %j', (text) => {
    expect([...justRecipes(text)]).toEqual([]);
  });
});

describe('makeTargets', () => {
  it.each([
    ['test:', ['test']],
    ['test lint: build', ['test', 'lint']],
    ['test:: ; echo', ['test']],
    ['.PHONY: test\ntest:\n\techo', ['test']],
    ['test : | folder', ['test']],
    ['a \\\n  test: b', ['a', 'test']],
    ['test: $(SOURCES)\r\n', ['test']],
    ['test: # and = in a comment', ['test']],
  ])('finds the targets of %j', (text, names) => {
    expect([...makeTargets(text)]).toEqual(names);
  });

  it.each([
    '.PHONY: test',
    'test := x',
    'test ::= x',
    'test :::= x',
    'test = a:b',
    'test: CFLAGS = -g',
    'test: export PATH := x',
    '%.o: %.c',
    '$(TEST): x',
    '\ttest: x',
    '# test: x',
  ])('finds nothing in %j', (text) => {
    expect([...makeTargets(text)]).toEqual([]);
  });
});
