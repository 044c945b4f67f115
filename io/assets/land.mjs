// Makes land.bin of the land of Natural Earth: `node land.mjs land-10m.json`, of the package world-atlas 2.0.2 of npm.
//
// Each ring is its number of points, then longitude and latitude of each, less those of the point before, in units of 0.01
// degree; signed numbers zigzag, all in base 128 with the lowest digit first. The last point is the first again, and left out.
import fs from "node:fs";

const UNIT = 0.01, TOLERANCE = 0.021, LEAST_AREA = 0.003;
const { arcs, transform, objects } = JSON.parse(fs.readFileSync(process.argv[2]));

const lines = arcs.map((arc) => {
  let x = 0, y = 0;
  return arc.map(([dx, dy]) => [
    (x += dx) * transform.scale[0] + transform.translate[0],
    (y += dy) * transform.scale[1] + transform.translate[1],
  ]);
});
const line = (index) => (index < 0 ? [...lines[~index]].reverse() : lines[index]);
const joined = (ring) => ring.flatMap((index, at) => line(index).slice(at ? 1 : 0));
const polygons = objects.land.geometries.flatMap(({ type, arcs }) => (type === "Polygon" ? [arcs] : arcs));

const squeeze = (y) => Math.max(0.05, Math.cos((y * Math.PI) / 180));
// Douglas and Peucker, in degrees of latitude.
function simplified(points) {
  const keep = new Set([0, points.length - 1]), todo = [[0, points.length - 1]];
  while (todo.length) {
    const [from, to] = todo.pop(), [ax, ay] = points[from], k = squeeze(ay);
    const [bx, by] = [(points[to][0] - ax) * k, points[to][1] - ay], length = bx * bx + by * by;
    let far = -1, at = 0;
    for (let i = from + 1; i < to; i++) {
      const [px, py] = [(points[i][0] - ax) * k, points[i][1] - ay];
      const t = length ? Math.min(1, Math.max(0, (px * bx + py * by) / length)) : 0;
      const distance = Math.hypot(px - t * bx, py - t * by);
      if (distance > far) [far, at] = [distance, i];
    }
    if (far > TOLERANCE) keep.add(at), todo.push([from, at], [at, to]);
  }
  return points.filter((_, index) => keep.has(index));
}
const area = (points) =>
  Math.abs(points.reduce((sum, [x, y], i) => {
    const [nx, ny] = points[(i + 1) % points.length];
    return sum + (x * ny - nx * y) * squeeze(y);
  }, 0)) / 2;

const bytes = [];
const put = (number) => {
  for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) + 128);
  bytes.push(number);
};
const signed = (number) => put(number < 0 ? -2 * number - 1 : 2 * number);
let rings = 0, kept = 0;
for (const ring of polygons.flat().map(joined)) {
  if (area(ring) < LEAST_AREA) continue;
  const units = simplified(ring).map((point) => point.map((degrees) => Math.round(degrees / UNIT))).slice(0, -1);
  const points = units.filter(([x, y], i) => i === 0 || x !== units[i - 1][0] || y !== units[i - 1][1]);
  if (points.length < 3) continue;
  put(points.length);
  let before = [0, 0];
  for (const point of points) {
    signed(point[0] - before[0]), signed(point[1] - before[1]);
    before = point;
  }
  rings++, kept += points.length;
}
fs.writeFileSync(new URL("land.bin", import.meta.url), Uint8Array.from(bytes));
console.log(`${rings} rings, ${kept} points, ${bytes.length} bytes`);
