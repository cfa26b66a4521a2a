"""judge.py answers questions of the tests beside it: a JSON object a line on standard input, one a line on standard
output. Arrays are {"shape", "dtype", "data"}, data in base64."""
import base64, io, json, os, sys, traceback, warnings

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print is no answer

import numpy as np
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)  # the networks are tiny
tf.config.threading.set_inter_op_parallelism_threads(1)
import keras
from keras import layers as L
from PIL import Image, ImageOps
from sklearn import metrics as scores


def array(a):
    return np.frombuffer(base64.b64decode(a["data"]), a["dtype"]).reshape(a["shape"])


def packed(x):
    x = np.ascontiguousarray(x)
    return {"shape": list(x.shape), "dtype": str(x.dtype), "data": base64.b64encode(x.tobytes()).decode()}


def several(x):
    return x if isinstance(x, (list, tuple)) else [x]


def one(xs):
    return xs[0] if len(xs) == 1 else list(xs)


def owned(m):
    """The weights of a model, with paths that begin with the name of their layer in the model."""
    for l in m.layers:
        for w in l.weights:
            yield l.name + "/" + w.path, w


def weights(m):
    return [{"path": p, "value": packed(w.numpy())} for p, w in owned(m)]


def predict(q):
    m = keras.models.load_model(q["path"], compile=False)
    y = several(m(one([array(x) for x in q["inputs"]]), training=False))
    if q.get("copy"):
        m.save(q["copy"])
    return {"outputs": [packed(np.asarray(v)) for v in y]}


def rewritten(q):
    """What a model predicts that opens with its compile information, and the loss of one more step on targets."""
    m = keras.models.load_model(q["path"])
    if q.get("texts"):
        x = tf.constant([[t] for t in q["texts"]])
    else:
        x = one([array(x) for x in q["inputs"]])
    try:
        y = m(x, training=False)
    except tf.errors.UnimplementedError:  # channels first, which only XLA computes on a CPU without oneDNN
        y = tf.function(lambda x: m(x, training=False), jit_compile=True)(x)
    a = {"outputs": [packed(np.asarray(v)) for v in several(y)]}
    if q.get("targets"):
        a["loss"] = float(m.train_on_batch(x, one([array(t) for t in q["targets"]]), return_dict=True)["loss"])
    return a


def alone(q):
    """What a model predicts with the weights of a file of weights alone, which Keras writes again to a copy."""
    m = keras.models.load_model(q["path"], compile=False)
    m.load_weights(q["name"])
    y = several(m(one([array(x) for x in q["inputs"]]), training=False))
    m.save_weights(q["copy"])
    return {"outputs": [packed(np.asarray(v)) for v in y]}


def gradients(q):
    """Outputs, and the gradients of the sum of output times cotangent with respect to inputs and trainable weights."""
    m = keras.models.load_model(q["path"], compile=False)
    xs = [tf.convert_to_tensor(array(x)) for x in q["inputs"]]
    floats = [x for x in xs if x.dtype.is_floating]
    with tf.GradientTape() as tape:
        for x in floats:
            tape.watch(x)
        y = several(m(one(xs), training=False))
        total = tf.add_n([tf.reduce_sum(v * array(d)) for v, d in zip(y, q["cotangents"])])
    trained = [(p, w) for p, w in owned(m) if w.trainable]
    d = tape.gradient(total, floats + [w.value for _, w in trained], unconnected_gradients="zero")
    d = [tf.convert_to_tensor(v) for v in d]
    if q.get("copy"):
        m.save(q["copy"])
    return {"outputs": [packed(np.asarray(v)) for v in y], "inputs": [packed(v.numpy()) for v in d[: len(floats)]],
            "weights": [{"path": p, "value": packed(v.numpy())} for (p, _), v in zip(trained, d[len(floats):])]}


def go_on(q):
    """Trains what a file holds for an epoch, in the order of the samples."""
    m = keras.models.load_model(q["path"], compile=False)
    m.compile(optimizer=keras.optimizers.get(q["optimizer"]), loss=q["loss"], run_eagerly=True)
    xs, ys = [array(x) for x in q["inputs"]], [array(y) for y in q["targets"]]
    h = m.fit(one(xs), one(ys), batch_size=q["batch"], epochs=1, shuffle=False, verbose=0)
    return {"loss": h.history["loss"][0], "weights": weights(m)}


def recipe(name, r):
    """A model, samples and targets."""
    classes = lambda n, k: r.integers(0, k, n)
    if name == "mlp":
        m = keras.Sequential([keras.Input((6,)), L.Dense(8, activation="relu"), L.BatchNormalization(), L.Dropout(0.2),
                              L.Dense(3, activation="softmax")])
        return m, [r.normal(size=(40, 6))], classes(40, 3), "sparse_categorical_crossentropy"
    if name == "cnn":
        m = keras.Sequential([keras.Input((8, 8, 2)), L.Conv2D(4, 3, activation="relu", padding="same"), L.MaxPooling2D(),
                              L.SeparableConv2D(5, 3), L.LayerNormalization(), L.GlobalAveragePooling2D(), L.Dense(2)])
        return m, [r.normal(size=(24, 8, 8, 2))], r.normal(size=(24, 2)), "mse"
    if name == "text":
        m = keras.Sequential([keras.Input((7,), dtype="int32"), L.Embedding(11, 4, mask_zero=True),
                              L.Bidirectional(L.LSTM(3, return_sequences=True)), L.GRU(4), L.Dense(1, activation="sigmoid")])
        return m, [r.integers(0, 11, (24, 7)).astype("int32")], classes(24, 2).astype("float32")[:, None], "binary_crossentropy"
    if name == "series":
        m = keras.Sequential([keras.Input((9, 3)), L.Conv1D(4, 3, padding="causal", activation="tanh"),
                              L.SimpleRNN(5, return_sequences=True), L.TimeDistributed(L.Dense(2)), L.Flatten(), L.Dense(1)])
        return m, [r.normal(size=(24, 9, 3))], r.normal(size=(24, 1)), "mae"
    if name == "two inputs":
        a, b = keras.Input((4,), name="a"), keras.Input((5, 2), name="b")
        h = L.Concatenate()([L.Dense(3, activation="elu")(a), L.LSTM(3)(b)])
        m = keras.Model([a, b], L.Dense(2, kernel_regularizer="l2")(L.Add()([h, L.Dense(6)(h)])))
        return m, [r.normal(size=(24, 4)), r.normal(size=(24, 5, 2))], r.normal(size=(24, 2)), "mse"
    if name == "nested":
        x = keras.Input((5, 4))
        h = L.Add()([x, L.TimeDistributed(L.Dense(4, activation="tanh"))(x)])
        h = L.LayerNormalization()(h)
        inner = keras.Sequential([keras.Input((5, 4)), L.Dense(3, activation="gelu"), L.Bidirectional(L.GRU(2))])
        m = keras.Model(x, L.Dense(2)(inner(h)))
        return m, [r.normal(size=(24, 5, 4))], r.normal(size=(24, 2)), "mse"
    if name == "frozen":
        m = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="tanh", name="first"),
                              L.Dense(5, activation="tanh", trainable=False), L.BatchNormalization(), L.Dense(1)])
        return m, [r.normal(size=(20, 4))], r.normal(size=(20, 1)), "mse"
    if name == "heads":
        x = keras.Input((5, 6))
        h = L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de")(x)
        h = L.EinsumDense("abde,def->abf", (None, 6), bias_axes="f", activation="tanh")(h)
        h = L.Add()([x, h, L.EinsumDense("abc,bd->adc", (5, 6))(x)])
        m = keras.Model(x, L.Dense(2)(L.GlobalAveragePooling1D()(L.Dense(7)(h))))
        return m, [r.normal(size=(24, 5, 6))], r.normal(size=(24, 2)), "mse"
    if name == "attention":
        x = keras.Input((5, 6))
        h = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(2, 3)(x, x)]))
        return keras.Model(x, L.Dense(2)(h)), [r.normal(size=(24, 5, 6))], r.normal(size=(24, 5, 2)), "mse"
    raise ValueError(name)


def quantize(q):
    """Saves a recipe with biases of its own that is quantized to int8, and says what it predicts."""
    keras.utils.set_random_seed(q["seed"])
    r = np.random.default_rng(q["seed"])
    m, xs, _, _ = recipe(q["recipe"], r)
    for w in m.trainable_weights:
        w.assign(w + 0.1 * r.normal(size=w.shape))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of each layer that it leaves as it is
        m.quantize("int8")
    m.save(q["path"])
    xs = [x if x.dtype.kind == "i" else x.astype("float32") for x in xs]
    return {"inputs": [packed(x) for x in xs],
            "outputs": [packed(np.asarray(v)) for v in several(m(one(xs), training=False))],
            "texts": [w.path for w in m.weights if w.dtype == "int8"]}


def train(q):
    """Trains a recipe, saves it, and says what it predicts."""
    keras.utils.set_random_seed(q["seed"])
    m, xs, y, loss = recipe(q["recipe"], np.random.default_rng(q["seed"]))
    xs = [x if x.dtype.kind == "i" else x.astype("float32") for x in xs]
    y = np.asarray(y).astype("int32" if np.asarray(y).dtype.kind == "i" else "float32")
    m.compile(optimizer=q["optimizer"], loss=loss, run_eagerly=True)
    m.fit(one(xs), y, batch_size=8, epochs=2, verbose=0)
    m.save(q["path"])
    out = {"inputs": [packed(x) for x in xs], "targets": [packed(y)], "loss": loss,
           "outputs": [packed(np.asarray(v)) for v in several(m(one(xs), training=False))]}
    return out


def resume(q):
    """Trains a recipe for some epochs in the order of the samples, saves it, and goes on for as many epochs."""
    keras.utils.set_random_seed(q["seed"])
    m, xs, y, loss = recipe(q["recipe"], np.random.default_rng(q["seed"]))
    xs = [x if x.dtype.kind == "i" else x.astype("float32") for x in xs]
    y = np.asarray(y).astype("int32" if np.asarray(y).dtype.kind == "i" else "float32")
    m.compile(optimizer=keras.optimizers.get(q["optimizer"]), loss=loss, run_eagerly=True)
    fit = lambda: m.fit(one(xs), y, batch_size=q["batch"], epochs=q["epochs"], shuffle=False, verbose=0)
    fit()
    m.save(q["path"])
    fit()
    return {"inputs": [packed(x) for x in xs], "targets": [packed(y)], "loss": loss, "weights": weights(m)}


def resumed(q):
    """Goes on with what a file holds, its optimizer's state included, in the order of the samples."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Keras only warns where it passes over a state
        m = keras.models.load_model(q["path"])
    m.run_eagerly, n = True, int(getattr(m.optimizer, "inner_optimizer", m.optimizer)._iterations)  # .iterations counts accumulated steps once
    m.fit(one([array(x) for x in q["inputs"]]), one([array(y) for y in q["targets"]]), batch_size=q["batch"],
          epochs=q["epochs"], shuffle=False, verbose=0)
    return {"value": n, "weights": weights(m)}


def metric(q):
    """The value of a metric over batches, of Keras."""
    options = {k: float(v) if k == "beta" else v for k, v in q.get("options", {}).items()}  # JSON's 1 is no float
    m = keras.metrics.deserialize({"class_name": q["name"], "config": options})
    y, p = array(q["targets"][0]), array(q["inputs"][0])
    w = array(q["weights"]) if q.get("weights") else None
    for i in range(0, len(y), q["batch"]):
        part = slice(i, i + q["batch"])
        m.update_state(y[part], p[part], None if w is None else w[part])
    return {"outputs": [packed(np.asarray(m.result(), "float64"))]}


def prepare(q):
    """What scikit-learn or Keras makes of rows or texts after it was fitted to some of them."""
    name, options = q["name"], q.get("options", {})
    if name == "TextVectorization":
        layer = L.TextVectorization(vocabulary=q["words"], output_sequence_length=options["length"])
        return {"outputs": [packed(np.asarray(layer(tf.constant(q["texts"]))))]}
    if name in ("CountVectorizer", "TfidfVectorizer"):
        from sklearn.feature_extraction import text
        v = getattr(text, name)(token_pattern=r"(?u)\b\w+\b", **options).fit(q["texts"])
        x = v.transform(q["texts"]).toarray().astype("float64")
        return {"outputs": [packed(x[:, [v.vocabulary_[w] for w in q["words"]]])], "value": len(v.vocabulary_)}
    x, fitted = array(q["inputs"][0]), array(q["inputs"][0])[: q["batch"]]
    if name == "Normalization":
        layer = L.Normalization()
        layer.adapt(fitted)
        return {"outputs": [packed(np.asarray(layer(x)))]}
    from sklearn import preprocessing
    return {"outputs": [packed(getattr(preprocessing, name)().fit(fitted.astype("float64")).transform(x.astype("float64")))]}


def picture(q):
    """What Pillow makes of a picture, as keras.utils.load_img reads it: a file, or an array that is saved first."""
    file = q.get("path")
    if not file:
        options = q["options"]
        mode = options.pop("mode", None)
        file = io.BytesIO()
        Image.fromarray(array(q["inputs"][0])).convert(mode).save(file, q["name"], **options)
    img = ImageOps.exif_transpose(Image.open(file))
    rgb, grey = (np.asarray(img.convert(m)) for m in ("RGB", "L"))
    saved = np.frombuffer(file.getvalue() if not q.get("path") else b"", np.uint8)
    return {"outputs": [packed(rgb), packed(grey), packed(saved)]}


def vectors(q):
    """The words and vectors that gensim reads in a file of word2vec; a copy is written by gensim."""
    from gensim.models import KeyedVectors
    v = KeyedVectors.load_word2vec_format(q["path"], binary=q["name"] == "binary")
    if q.get("copy"):
        v.save_word2vec_format(q["copy"], binary=q["name"] == "binary")
    return {"words": v.index_to_key, "outputs": [packed(v.vectors)]}


def score(q):
    y, p = array(q["targets"][0]), array(q["inputs"][0])
    options = q.get("options", {})
    if q.get("weights"):
        options["sample_weight"] = array(q["weights"])
    return {"value": float(getattr(scores, q["name"])(y, p, **options))}


def events(folder):
    """What TensorBoard reads below a folder: the values of all tags, and the nodes of both graphs."""
    from tensorboard.backend.event_processing import event_accumulator
    from tensorboard.plugins.graph import keras_util
    from tensorboard.util import tensor_util
    found, nodes, graphs = [], [], []
    for run in sorted(os.listdir(folder)):
        reader = event_accumulator.EventAccumulator(os.path.join(folder, run), size_guidance={"tensors": 0})
        reader.Reload()
        tags = reader.Tags()
        for tag in tags["tensors"]:
            plugin = reader.SummaryMetadata(tag).plugin_data.plugin_name
            for e in reader.Tensors(tag):
                v = tensor_util.make_ndarray(e.tensor_proto)
                if plugin == "graph_keras_model":
                    g = keras_util.keras_model_to_graph_def(json.loads(v.item()))
                    nodes += [f"{n.name} {n.attr['keras_class'].s.decode()} {list(n.input)}" for n in g.node]
                    continue
                if plugin == "images":
                    pictures = [np.asarray(Image.open(io.BytesIO(b))) for b in v[2:]]
                    assert all((int(v[0]), int(v[1])) == (x.shape[1], x.shape[0]) for x in pictures)
                    v = np.stack(pictures).astype("int32")
                found.append({"run": run, "tag": tag, "plugin": plugin, "step": e.step, "value": packed(v)})
        if tags["graph"]:
            graphs += [f"{n.name} {n.op} {list(n.input)}" for n in reader.Graph().node]
    return {"events": found, "words": nodes, "texts": graphs}


def tensorboard(q):
    """What TensorBoard reads in a folder of gorae's, and in one that Keras writes when it trains the same model."""
    import tempfile
    m = keras.models.load_model(q["path"], compile=False)
    if isinstance(m, keras.Sequential):  # the paths of weights are those of a model that a program makes
        made = keras.Sequential([keras.Input(m.input_shape[1:])] +
                                [type(l).from_config(l.get_config()) for l in m.layers], name=m.name)
        made.set_weights(m.get_weights())
        m = made
    m.compile(keras.optimizers.get(q["optimizer"]), q["loss"], metrics=["accuracy"])
    x, y = [array(x) for x in q["inputs"]], array(q["targets"][0])
    with tempfile.TemporaryDirectory() as folder:
        m.fit(one(x), y, validation_data=(one(x), y), epochs=q["epochs"], batch_size=q["batch"], shuffle=False,
              verbose=0, callbacks=[keras.callbacks.TensorBoard(folder, **q["options"])])
        return {"event_files": [events(folder), events(q["copy"])]}


def onnx(q):
    """What is wrong with an ONNX file, and what ONNX Runtime makes of several sets of inputs, without optimisation."""
    import onnxruntime
    folder = os.path.join(os.environ["GORAE_SHARED"], "onnx-models", "generators")
    if folder not in sys.path:
        sys.path.append(folder)
    import check_writer
    bad, advice = check_writer.check(q["path"])
    o = onnxruntime.SessionOptions()
    o.graph_optimization_level, o.intra_op_num_threads = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL, 1
    s = onnxruntime.InferenceSession(q["path"], o, providers=["CPUExecutionProvider"])
    out = []
    for xs in q["sets"]:
        out += s.run(None, {i.name: array(x) for i, x in zip(s.get_inputs(), xs)})
    return {"outputs": [packed(y) for y in out], "texts": bad, "words": advice}


def product(q):
    """What ONNX Runtime makes of the columns of a CSV file, by a file that takes raw columns: all rows at once, the first
    two, and each of the first three alone."""
    import csv, datetime, onnxruntime
    folder = os.path.join(os.environ["GORAE_SHARED"], "onnx-models", "generators")
    if folder not in sys.path:
        sys.path.append(folder)
    import check_writer
    bad, advice = check_writer.check(q["path"])
    s = onnxruntime.InferenceSession(q["path"], providers=["CPUExecutionProvider"])
    given, rows = {k: array(v) for k, v in q.get("named", {}).items()}, []
    if q.get("name"):
        with open(q["name"], encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
    for i in s.get_inputs():
        if i.name in given:
            continue
        if q.get("texts"):
            wide = i.shape[1] if isinstance(i.shape[1], int) else q["batch"]
            given[i.name] = np.array(q["texts"], object).reshape(-1, wide)
            continue
        if i.type == "tensor(double)":  # times
            utc = lambda v: datetime.datetime.fromisoformat(v + "+00:00").timestamp() if "-" in v[1:] else float(v or "nan")
            given[i.name] = np.array([[utc(r[i.name.removesuffix("_seconds")])] for r in rows], "float64")
            continue
        column = [r[i.name] for r in rows]
        number = lambda v: float("nan") if v in ("", "?", "NA") else float(v)
        given[i.name] = np.array([[number(v)] for v in column], "float32") if i.type == "tensor(float)" else np.array(
            [[v] for v in column], object)
    n = len(next(iter(given.values())))
    names = [o.name for o in s.get_outputs()]
    whole = s.run(names, given)
    for a, b in ((0, 2), (0, 1), (1, 2), (2, 3)):
        for w, y in zip(whole, s.run(names, {k: v[a:b] for k, v in given.items()})):
            same = np.array_equal(w[a:b], y) if w.dtype == object else np.allclose(w[a:b], y, 1e-4, 1e-5)
            if not same:
                bad.append(f"rows {a} to {b} differ from the same rows among {n}")
    out = {k: {"texts": y.tolist()} if y.dtype == object else {"numbers": packed(y)} for k, y in zip(names, whole)}
    return {"tables": out, "texts": bad, "words": advice}


def raw(q):
    """What a model that takes raw columns makes of the columns of a CSV file, or of arrays by the names of its inputs."""
    import csv
    m = keras.models.load_model(q["path"], compile=False)
    given, rows = {k: tf.constant(array(v)) for k, v in q.get("named", {}).items()}, []
    if q.get("name"):
        with open(q["name"], encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
    for i in m.inputs:
        if i.name in given:
            continue
        column = [r[i.name] for r in rows]
        number = lambda v: float("nan") if v in ("", "?", "NA") else float(v)
        given[i.name] = tf.constant([[v] for v in column] if i.dtype == "string" else
                                    [[number(v)] for v in column], i.dtype)
    return {"outputs": [packed(np.asarray(y)) for y in several(m(given, training=False))],
            "words": [type(l).__name__ for l in m.layers]}


questions = {f.__name__: f for f in (predict, quantize, gradients, go_on, train, resume, resumed, metric, prepare, picture,
                                   score, tensorboard, vectors, alone, rewritten, onnx, product,
                                   raw)}
answers.write(json.dumps({"keras": keras.__version__}) + "\n")
answers.flush()
for line in sys.stdin:
    q = json.loads(line)
    try:
        a = questions[q["do"]](q)
        if q["do"] not in ("score", "metric", "prepare", "picture", "vectors", "onnx", "product"):
            keras.backend.clear_session()
    except Exception as e:
        a = {"error": f"{type(e).__name__}: {e}", "trace": traceback.format_exc()}
    answers.write(json.dumps(a) + "\n")
    answers.flush()
