// Models of a folder: FUNCTION.onnx and FUNCTION.json, which has names and types of the inputs.

const RUNTIME = new URL("../runtime/", import.meta.url);
const ARRAYS = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };

// Graphs of this size run as fast unoptimised; to optimise them takes a quarter of the loading.
const OPTIONS = { executionProviders: ["wasm"], graphOptimizationLevel: "disabled" };

const once = (make) => {
    const made = new Map();
    return (key) => {
        if (!made.has(key)) made.set(key, make(key));
        return made.get(key);
    };
};

const runtime = once(async () => {
    const { env, InferenceSession, Tensor } = await import(new URL("ort.wasm.min.mjs", RUNTIME));
    env.wasm.wasmPaths = RUNTIME.href;
    env.wasm.numThreads = 1;
    env.logLevel = "error";
    return { InferenceSession, Tensor };
});

export const fetched = async (path) => {
    const response = await fetch(new URL(`../${path}`, import.meta.url));
    if (!response.ok) throw new Error(`Expected the file ${path}. Received: ${response.status}`);
    return response;
};

const shapeOf = (nested) =>
    Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0] ?? 0)] : [];

// Nested lists of a tensor's numbers.
const nestedOf = (data, shape) => {
    const [size, ...rest] = shape;
    if (size === undefined) return Number(data[0]);
    if (!rest.length) return Array.from(data, Number);
    const step = rest.reduce((a, b) => a * b, 1);
    return Array.from({ length: size }, (_, i) =>
        nestedOf(data.subarray(i * step, (i + 1) * step), rest),
    );
};

// The runtime runs one thing at a time, of all models: what was begun last.
let last = Promise.resolve();

export class Model {
    constructor(name) {
        this.name = name;
        this.file = once(async (file) => (await fetched(`models/${name}/${file}`)).json());
        this.session = once(async (run) => {
            const { InferenceSession } = await runtime();
            const bytes = await (await fetched(`models/${name}/${run}.onnx`)).arrayBuffer();
            return InferenceSession.create(new Uint8Array(bytes), OPTIONS);
        });
    }

    // The arguments of the model's constructor.
    async arguments() {
        return (await this.file("model.json")).arguments;
    }

    // Outputs by name, as nested lists, of inputs by name, as nested lists.
    run(name, inputs) {
        last = last.catch(() => {}).then(() => this.#run(name, inputs));
        return last;
    }

    async #run(name, inputs) {
        const [{ Tensor }, session, signature] = await Promise.all([
            runtime(),
            this.session(name),
            this.file(`${name}.json`),
        ]);
        const feeds = {};
        for (const [input, { dtype }] of Object.entries(signature.inputs)) {
            const numbers = [inputs[input]].flat(Infinity);
            const data = ARRAYS[dtype].from(dtype === "int64" ? numbers.map(BigInt) : numbers);
            feeds[input] = new Tensor(dtype, data, shapeOf(inputs[input]));
        }
        const outputs = await session.run(feeds);
        return Object.fromEntries(
            Object.entries(outputs).map(([key, { data, dims }]) => [key, nestedOf(data, dims)]),
        );
    }
}

export const softmax = (logits) => {
    const largest = Math.max(...logits);
    const exponentials = logits.map((x) => Math.exp(x - largest));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    return exponentials.map((x) => x / sum);
};

export const argmax = (row) => row.indexOf(Math.max(...row));

let working = 0;
const count = (change) => {
    working += change;
    document.body.setAttribute("aria-busy", String(working > 0));
};

// A function that works for the newest call alone, once the one before has ended. Meanwhile,
// the page is busy.
export const latest = (work) => {
    let [running, isOutdated] = [null, false];
    const start = async () => {
        count(1);
        do {
            isOutdated = false;
            await work();
        } while (isOutdated);
    };
    return () => {
        isOutdated = true;
        running ??= start().finally(() => {
            running = null;
            count(-1);
        });
        return running;
    };
};
