import type { EventStream } from '../../engine/event-stream.js';
import { isDurable } from '../../engine/events.js';
import { type Notification, notificationsIn } from '../../reporters/notification.js';

/** Tells of everything from now on that is worth calling a person for, until the returned function is called. */
export function onNotification(events: EventStream, take: (notification: Notification) => void): () => void {
  let before = events.state;
  return events.subscribe((event, after) => {
    if (!isDurable(event)) return;
    for (const notification of notificationsIn(before, event, after)) take(notification);
    before = after;
  });
}
