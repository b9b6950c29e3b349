// Hopfield networks of ±1, as keras_memory.layers has them: asynchronous updates, from the
// first unit to the last. A unit whose field is 0 stays; 0 in a cue is an unknown unit.

const TIE = 1e-5; // fields this close to 0 are rounding

const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const logSumExp = (numbers) => {
    const largest = Math.max(...numbers);
    return largest + Math.log(numbers.reduce((sum, x) => sum + Math.exp(x - largest), 0));
};

// Hopfield, 1982: w_ij = Σ_μ ξ_i ξ_j / N, and E = -½ Σ_{i≠j} w_ij s_i s_j.
const hebb = (patterns, units) => ({
    field: (states, overlaps, i) =>
        patterns.reduce((sum, p, m) => sum + p[i] * (overlaps[m] - p[i] * states[i]), 0) / units,
    energy: (states, overlaps) => {
        const diagonal = patterns.length * dot(states, states);
        return -(dot(overlaps, overlaps) - diagonal) / (2 * units);
    },
});

// Demircigil and others, 2017: E = -ln Σ_μ exp(ξ^μ · s).
const exponential = (patterns) => ({
    field: (states, overlaps, i) => {
        const without = patterns.map((p, m) => overlaps[m] - p[i] * states[i]);
        const largest = Math.max(...without) + 1;
        return patterns.reduce(
            (sum, p, m) =>
                sum + Math.exp(without[m] + p[i] - largest) - Math.exp(without[m] - p[i] - largest),
            0,
        );
    },
    energy: (states, overlaps) => -logSumExp(overlaps),
});

export const RULES = { hebb, exponential };

// The states, and their energies, from a cue to a fixed point: at first, and after each unit
// that changed.
export const settle = (rule, patterns, cue, sweeps = 100) => {
    const { field, energy } = RULES[rule](patterns, cue.length);
    const states = [...cue];
    const overlaps = patterns.map((pattern) => dot(pattern, states));
    const path = [[...states]];
    const energies = [energy(states, overlaps)];
    for (let sweep = 0, before = 0; sweep < sweeps && before < path.length; sweep++) {
        before = path.length;
        for (let i = 0; i < states.length; i++) {
            const value = field(states, overlaps, i);
            const after = Math.abs(value) <= TIE ? states[i] : Math.sign(value);
            if (after === states[i]) continue;
            patterns.forEach((pattern, m) => (overlaps[m] += (after - states[i]) * pattern[i]));
            states[i] = after;
            path.push([...states]);
            energies.push(energy(states, overlaps));
        }
        if (path.length === before) break;
    }
    return { path, energies };
};
