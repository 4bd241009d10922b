/**
 * The panel for whoever develops an app: what reflexes and pushes took, in which stage, and what they changed; and a line
 * that is slower, or gone. The server names this script in a page only while developing, before its own, so that it hears
 * the socket's first frame.
 *
 * @module
 */

import { PanelLine } from "./panel_line.ts";
import { Notes } from "./panel_notes.ts";
import { PanelView } from "./panel_view.ts";

const line = new PanelLine({
  sent: (text) => notes.sent(text),
  came: (text) => notes.came(text),
});
const view: PanelView = new PanelView(line, () => notes);
const notes: Notes = new Notes(
  (note) => view.show(note),
  (operations) => view.isOpen && view.marks.patched(operations),
);

line.start();
notes.start();
view.start();
