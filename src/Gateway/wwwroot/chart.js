// A curve as SVG: steps to the right, values upwards.
import { say } from "/words.js";

const WIDTH = 400, HEIGHT = 150, LEFT = 62, BOTTOM = 20, TOP = 8;
const NS = "http://www.w3.org/2000/svg";

function shape(tag, attributes, text) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

export const short = (number) => (Math.abs(number) >= 1000 || (number !== 0 && Math.abs(number) < 0.001) ? number.toExponential(2) : number.toPrecision(4));

// Beside an axis there is room for less.
const label = (number) => (number !== 0 && (Math.abs(number) >= 1e5 || Math.abs(number) < 1e-3) ? number.toExponential(1) : String(Number(number.toPrecision(3))));

/** Curves of the same kind, each a name and [step, value] points, in one picture that says in words what it shows. */
export function chart(title, curves) {
  const all = curves.flatMap((curve) => curve.points);
  const steps = all.map(([step]) => step), values = all.map(([, value]) => value);
  const [left, right, low, high] = [Math.min(...steps), Math.max(...steps), Math.min(...values), Math.max(...values)];
  const x = (step) => LEFT + (right > left ? ((step - left) / (right - left)) * (WIDTH - LEFT - 6) : 0);
  const y = (value) => TOP + (high > low ? ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM) : (HEIGHT - TOP - BOTTOM) / 2);
  const words = curves.map(({ name, points }) => say("curve", name, short(points[0][1]), short(points.at(-1)[1]), points.at(-1)[0])).join(" ");
  const picture = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "curve", "aria-label": `${title}. ${words}` });
  picture.append(
    shape("line", { x1: LEFT, y1: TOP, x2: LEFT, y2: HEIGHT - BOTTOM, class: "axis" }),
    shape("line", { x1: LEFT, y1: HEIGHT - BOTTOM, x2: WIDTH, y2: HEIGHT - BOTTOM, class: "axis" }),
    shape("text", { x: LEFT - 6, y: TOP + 10, "text-anchor": "end" }, label(high)),
    shape("text", { x: LEFT - 6, y: HEIGHT - BOTTOM, "text-anchor": "end" }, label(low)),
    shape("text", { x: LEFT, y: HEIGHT - 4 }, left),
    shape("text", { x: WIDTH - 6, y: HEIGHT - 4, "text-anchor": "end" }, right),
  );
  curves.forEach(({ points }, index) => {
    picture.append(shape("polyline", { points: points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" "), class: `line${index}` }));
    const [step, value] = points.at(-1);
    picture.append(shape("circle", { cx: x(step).toFixed(1), cy: y(value).toFixed(1), r: 2.5, class: `dot${index}` }));
  });
  return picture;
}
