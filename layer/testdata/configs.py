"""Writes configs.json: what Keras serializes for one layer of each class, all options at their defaults.

    python configs.py > configs.json       (Keras 3.15.1, TensorFlow backend)
"""
import json, os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
import keras

L = keras.layers
made = [L.InputLayer(batch_shape=(None, 4, 3)), L.InputLayer(batch_shape=(None, None, 3), dtype="int64")]
for classes, args in [
    ("ReLU LeakyReLU ELU PReLU Softmax ActivityRegularization BatchNormalization LayerNormalization Masking Flatten "
     "Add Subtract Multiply Average Maximum Minimum Concatenate RandomFlip RandomErasing MixUp "
     "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D GlobalAveragePooling2D "
     "GlobalAveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D "
     "Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D RandomColorJitter", ()),
    ("Activation", ("relu",)),
    ("AveragePooling1D AveragePooling2D AveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D "
     "AdaptiveMaxPooling3D AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D", (2,)),
    ("Dense SimpleRNN GRU LSTM RepeatVector CategoryEncoding Hashing", (3,)),
    ("Discretization", ([-0.5, 0.5],)),
    ("Dropout GaussianNoise GaussianDropout AlphaDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D "
     "RandomRotation RandomHue RandomZoom RandomBrightness RandomContrast RandomSaturation Rescaling", (0.5,)),
    ("RandomTranslation", (0.1, 0.2)),
    ("RandomCrop CenterCrop Resizing Embedding", (5, 4)),
    ("Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D "
     "ConvLSTM1D ConvLSTM2D ConvLSTM3D", (3, 2)),
    ("DepthwiseConv1D DepthwiseConv2D", (2,)),
    ("Dot", (1,)),
    ("Reshape", ((2, 6),)),
    ("Permute", ((2, 1),)),
    ("Attention AdditiveAttention RMSNormalization", ()),
    ("MultiHeadAttention", (2, 3)),
    ("GroupQueryAttention", (3, 4, 2)),
    ("GroupNormalization Identity Normalization UnitNormalization", ()),
    ("EinsumDense", ("abc,cd->abd", (None, 5))),
]:
    made += [getattr(L, c)(*args) for c in classes.split()]
made += [L.Bidirectional(L.LSTM(3)), L.TimeDistributed(L.Dense(3)), L.RNN(L.LSTMCell(3)),
         L.RNN([L.GRUCell(3), L.SimpleRNNCell(2)]), L.SpectralNormalization(L.Dense(3)),
         L.IntegerLookup(vocabulary=[4, 7])]
I, R, C = keras.initializers, keras.regularizers, keras.constraints
for i in ("Zeros Ones Constant TruncatedNormal VarianceScaling RandomUniform RandomNormal Orthogonal Identity "
          "GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal").split():
    made.append(L.Dense(3, kernel_initializer=getattr(I, i)()))
made += [L.Dense(3, kernel_regularizer=r) for r in (R.L1(), R.L2(), R.L1L2(), R.OrthogonalRegularizer())]
made += [L.Dense(3, kernel_constraint=c) for c in (C.MaxNorm(), C.MinMaxNorm(), C.NonNeg(), C.UnitNorm())]
print("[" + ",\n".join(json.dumps(keras.saving.serialize_keras_object(l)) for l in made) + "]")
