#!/usr/bin/env python3
"""Activations that PyTorch lacks, or has with other constants, by Keras 3.15 on TensorFlow in float64, for the x of
activation.json: python3 activation_keras.py > activation_keras.json"""
import json
import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
import keras
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
x = np.array(json.load(open(os.path.join(here, "activation.json")))["x"], "float64")
names = "celu glu hard_shrink soft_shrink sparse_plus sparse_sigmoid squareplus".split()
of = lambda n: np.asarray(getattr(keras.ops, n)(keras.ops.convert_to_tensor(x[None], "float64")))[0].tolist()
print(json.dumps({"x": x.tolist(), "y": {n: of(n) for n in names}}))
