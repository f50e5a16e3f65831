import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelFor, type ModelFacts } from '../../source/engine/model-choice.js';

const RULES = { by_priority: { P0: 'opus' }, by_type: { bug: 'sonnet' }, default: 'haiku' };

function task(more: Partial<ModelFacts> = {}): ModelFacts {
  return { description: '', labels: [], priority: 2, issue_type: 'task', ...more };
}

describe('modelFor', () => {
  const comment = { description: 'Do it.\n<!-- hew:model=fable -->' };
  const label = { labels: ['ui', 'model:claude-opus-5-5'] };
  const priority = { priority: 0 };
  const type = { issue_type: 'bug' };

  it.each([
    ['the comment', { ...comment, ...label, ...priority, ...type }, 'fable'],
    ['the label', { ...label, ...priority, ...type }, 'claude-opus-5-5'],
    ['the priority', { ...priority, ...type }, 'opus'],
    ['the type', type, 'sonnet'],
    ['the default', {}, 'haiku'],
  ])('goes by %s before what comes after it', (_, more, model) => {
    expect(modelFor(task(more), RULES)).toBe(model);
  });

  it('leaves the choice to the runtime where nobody makes it', () => {
    expect(modelFor(task(), { by_priority: {}, by_type: {}, default: null })).toBeNull();
    expect(modelFor(task({ issue_type: 'constructor' }), { ...RULES, default: null })).toBeNull();
  });

  it('never makes a flag or two words of what a task says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (said, labelled) => {
        const told = task({ description: `<!-- hew:model=${said} -->`, labels: [`model:${labelled}`] });
        expect(modelFor(told, RULES)).toMatch(/^[A-Za-z0-9]\S*$/);
      }),
    );
    expect(modelFor(task({ description: '<!-- hew:model=--help -->', ...label }), RULES)).toBe(
      'claude-opus-5-5',
    );
  });
});
