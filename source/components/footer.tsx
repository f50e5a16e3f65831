import { memo, type ReactElement } from 'react';
import type { Rectangle } from './layout.js';
import { Line } from './line.js';
import { Place } from './place.js';
import type { NoteDraft } from './press-note-key.js';
import { cut, cutBefore, screenText } from './screen-text.js';

interface FooterProps {
  readonly at: Rectangle;
  /** What has happened, the newest last. */
  readonly news: readonly string[];
  /** What the last key has led to, or why it has not; it stands in the place of the newest of the news. */
  readonly message: string | null;
  /** The selected slot is paused. */
  readonly paused: boolean;
  /** How many slots there are. */
  readonly slots: number;
  /** What is being typed; it stands in the place of the keys. */
  readonly note: NoteDraft | null;
}

/** The last news and the keys. */
export const Footer = memo(function Footer(props: FooterProps): ReactElement {
  const { at, news, message, paused, slots, note } = props;
  const room = at.height - 1;
  const told = message === null ? news : [...news, message];
  const shown = room <= 0 ? [] : told.slice(-room);
  const blank = Math.max(0, room - shown.length);
  return (
    <Place at={at}>
      {Array.from({ length: blank }, (_, index) => (
        <Line key={`blank ${index}`} text="" />
      ))}
      {shown.map((text, index) => {
        const isMessage = message !== null && index === shown.length - 1;
        const tone = isMessage ? 'strong' : 'dim';
        return <Line key={index} text={cut(` ${screenText(text)}`, at.width)} tone={tone} />;
      })}
      {note === null ? (
        <Line text={cut(keys(paused, slots), at.width)} />
      ) : (
        <Line text={noteLine(note, at.width)} tone="selected" />
      )}
    </Place>
  );
});

/** The end of what is typed stays in sight. */
function noteLine({ task, text }: NoteDraft, width: number): string {
  const keys = '   Enter sends, Esc leaves';
  const typed = cutBefore(` note for ${task}: ${screenText(text)}_`, width - keys.length);
  return cut(`${typed}${keys}`, width);
}

function keys(paused: boolean, slots: number): string {
  const select = slots < 2 ? '' : `Tab 1-${slots} select   `;
  return ` ${select}Enter open   t m o lists   p ${paused ? 'resume' : 'pause'} slot   ? keys   q quit`;
}
