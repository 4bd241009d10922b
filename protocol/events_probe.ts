/**
 * The question whether anybody is there, at an endpoint of typed events.
 *
 * @module
 */

/**
 * No event has an empty name: every server answers it, with errors and this id, and ours at once, whatever its handlers do.
 * It stands as it is, so that it can be told from others unread.
 */
export const EVENTS_PROBE = '{"type":"","id":0}';
