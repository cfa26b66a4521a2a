"""make.py writes models of Keras's that begin with TextVectorization, and what they predict, beside itself.
Keras 3.15, TensorFlow on a CPU."""
import json, os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="")
import keras, tensorflow as tf
from keras import layers as L

here = os.path.dirname(os.path.abspath(__file__))
texts = ["the deep sea", "A whale, a whale!", "고래가 바다에", "salt"]
lengths = [3.0, 17.0, 0.5, 0.0]
words = ["the", "sea", "whale", "a", "고래가"]


def numbers(shape, step):
    n = 1
    for d in shape:
        n *= d
    return (tf.reshape(tf.range(n, dtype="float32"), shape) % 11 - 5) * step


def save(name, model, inputs):
    model.set_weights([numbers(w.shape, 1 / 16) for w in model.weights])
    y = model.predict(inputs, verbose=0)
    model.save(os.path.join(here, name + ".keras"))
    return y.tolist()


keras.utils.set_random_seed(1)
column = tf.constant([[t] for t in texts])
review = keras.Input((1,), dtype="string", name="review")
x = L.TextVectorization(vocabulary=words, output_sequence_length=5)(review)
x = L.Embedding(len(words) + 2, 3, mask_zero=True)(x)
x = L.GlobalAveragePooling1D()(x)
out = {"reviews": save("reviews", keras.Model(review, L.Dense(1, activation="sigmoid")(x)), column)}

keras.utils.set_random_seed(1)
review, length = keras.Input((1,), dtype="string", name="review"), keras.Input((1,), name="length")
x = L.TextVectorization(vocabulary=words, output_sequence_length=4)(review)
x = L.Flatten()(L.Embedding(len(words) + 2, 2)(x))
x = L.Concatenate()([x, length])
out["lengths"] = save("lengths", keras.Model([review, length], L.Dense(2)(x)), [column, tf.constant([[v] for v in lengths])])
json.dump({"texts": texts, "lengths": lengths, "predictions": out}, open(os.path.join(here, "predictions.json"), "w"),
          ensure_ascii=False, indent=1)
