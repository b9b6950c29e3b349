// Exact answers about points [x, y], to compare a network's with: as lists of indices.

const turn = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);

export const distance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);

// Andrew's monotone chain: the convex hull, counter-clockwise.
export const hull = (points) => {
    const order = points
        .map((_, i) => i)
        .sort((i, j) => {
            const [[ax, ay], [bx, by]] = [points[i], points[j]];
            return ax - bx || ay - by;
        });
    const half = (indices) => {
        const chain = [];
        for (const i of indices) {
            while (
                chain.length > 1 &&
                turn(points[chain.at(-2)], points[chain.at(-1)], points[i]) <= 0
            ) {
                chain.pop();
            }
            chain.push(i);
        }
        return chain.slice(0, -1);
    };
    return [...half(order), ...half(order.reverse())];
};

export const area = (polygon) =>
    Math.abs(
        polygon.reduce((sum, [x, y], i) => {
            const [u, v] = polygon[(i + 1) % polygon.length];
            return sum + x * v - u * y;
        }, 0),
    ) / 2;

export const length = (polygon) =>
    polygon.reduce((sum, p, i) => sum + distance(p, polygon[(i + 1) % polygon.length]), 0);

// Held and Karp's: the shortest tour, by that of each set of points and each end in it.
export const tour = (points) => {
    const [n, full] = [points.length - 1, (1 << (points.length - 1)) - 1];
    if (n < 3) return points.map((_, i) => i);
    const best = Array.from({ length: full + 1 }, () => Array(n).fill(Infinity));
    const before = Array.from({ length: full + 1 }, () => Array(n).fill(-1));
    for (let j = 0; j < n; j++) best[1 << j][j] = distance(points[n], points[j]);
    for (let set = 1; set <= full; set++) {
        for (let end = 0; end < n; end++) {
            if (best[set][end] === Infinity) continue;
            for (let next = 0; next < n; next++) {
                if (set & (1 << next)) continue;
                const further = set | (1 << next);
                const total = best[set][end] + distance(points[end], points[next]);
                if (total < best[further][next]) {
                    best[further][next] = total;
                    before[further][next] = end;
                }
            }
        }
    }
    const closed = best[full].map((total, end) => total + distance(points[end], points[n]));
    let [set, end] = [full, closed.indexOf(Math.min(...closed))];
    const order = [n];
    while (end >= 0) {
        order.push(end);
        const previous = before[set][end];
        set &= ~(1 << end);
        end = previous;
    }
    return order;
};

// All triangles whose circumcircle is empty: the Delaunay triangulation.
export const triangles = (points) => {
    const isInside = (corners, point) => {
        const [[a, b, c], [d, e, f], [g, h, i]] = corners.map((corner) => {
            const [x, y] = [corner[0] - point[0], corner[1] - point[1]];
            return [x, y, x * x + y * y];
        });
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) > 1e-12;
    };
    const found = [];
    for (let i = 0; i < points.length; i++) {
        for (let j = i + 1; j < points.length; j++) {
            for (let k = j + 1; k < points.length; k++) {
                const side = turn(points[i], points[j], points[k]);
                const corners = side > 0 ? [i, j, k] : [i, k, j];
                const places = corners.map((corner) => points[corner]);
                const isFree = (point, index) =>
                    corners.includes(index) || !isInside(places, point);
                if (side && points.every(isFree)) found.push(corners);
            }
        }
    }
    return found;
};
