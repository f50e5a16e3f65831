import { it } from 'vitest';
import { Dashboard } from '../../source/components/dashboard.js';
import { layOut } from '../../source/components/layout.js';
import { FIRST_SCREEN } from '../../source/components/press-key.js';
import { emulateTerminal } from './emulated-terminal.js';
import { EXAMPLE_NOW, LiveExample } from './live-example.js';
it('x', async () => {
  for (let i = 0; i < 5; i++) {
    const run = new LiveExample(6);
    for (let slot = 1; slot <= 6; slot += 1) run.begin(slot, `app-${slot}`);
    const draw = ({columns, rows}: {columns:number; rows:number}) => {
      const live = run.view.snapshot();
      console.log('draw', columns, rows, live.slots[0]?.lines.length);
      return <Dashboard rows={rows} layout={layOut({columns, rows, slots: 6, selected: 1})} data={{live, news: [], now: EXAMPLE_NOW}} screen={FIRST_SCREEN} />;
    };
    using t = emulateTerminal(100, 30, draw);
    t.resize(40, 10); await t.screen();
    t.resize(40, 10); await t.screen();
    t.update(draw);
    run.line(1, '!'); t.update(draw);
    t.update(draw);
    console.log((await t.screen())[2]);
    console.log((await t.screen())[2]);
    await new Promise(r => setTimeout(r, 100));
    console.log((await t.screen())[2]);
  }
});
