import { type Html, ops } from "@argyle/argyle";
import { island } from "@argyle/argyle/islands";
import Chart, { type ChartProps } from "../islands/chart.tsx";
import Fold from "../islands/fold.tsx";

Deno.test("types: an island takes the props of its component", () => {
  const props: ChartProps = { values: [1], at: new Date(), names: new Map(), big: 1n };
  const fine: Html = <Chart {...props} />;
  // @ts-expect-error -- it has others
  const missing: Html = <Chart values={[1]} />;
  // @ts-expect-error -- they are numbers
  const wrong: Html = <Chart {...props} values={["1"]} />;
  const keyed: Html = <Fold key="a" first="right">Inside</Fold>;
  void [fine, missing, wrong, keyed];
});

Deno.test("types: moments, signals, and props by hand", () => {
  const Text = ({ text }: { text: string }) => <p>{text}</p>;
  island("file:///types/a.tsx", Text, { when: "(min-width: 1px)" });
  island("file:///types/b.tsx", Text, { signal: (value) => ({ value }) });
  // @ts-expect-error -- there is no such moment
  const refused = () => island("file:///types/c.tsx", Text, { when: "soon" });
  // @ts-expect-error -- that is no component
  const none = () => island("file:///types/d.tsx", "p");
  ops().setProps<ChartProps>("#chart", { values: [1, 2] });
  // @ts-expect-error -- they are numbers
  ops().setProps<ChartProps>("#chart", { values: "1" });
  void [refused, none];
});
