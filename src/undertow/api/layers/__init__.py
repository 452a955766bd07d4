"""`tf.layers`: layers as functions, and as objects that keep their weights.

Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/layers
"""

from . import experimental as experimental
from .base import InputSpec as InputSpec
from .base import Layer as Layer
from .convolutional import Conv1D as Conv1D
from .convolutional import Conv2D as Conv2D
from .convolutional import Conv2DTranspose as Conv2DTranspose
from .convolutional import Conv3D as Conv3D
from .convolutional import Conv3DTranspose as Conv3DTranspose
from .convolutional import SeparableConv1D as SeparableConv1D
from .convolutional import SeparableConv2D as SeparableConv2D
from .convolutional import conv1d as conv1d
from .convolutional import conv2d as conv2d
from .convolutional import conv2d_transpose as conv2d_transpose
from .convolutional import conv3d as conv3d
from .convolutional import conv3d_transpose as conv3d_transpose
from .convolutional import separable_conv1d as separable_conv1d
from .convolutional import separable_conv2d as separable_conv2d
from .core import Dense as Dense
from .core import Dropout as Dropout
from .core import Flatten as Flatten
from .core import dense as dense
from .core import dropout as dropout
from .core import flatten as flatten
from .normalization import BatchNormalization as BatchNormalization
from .normalization import batch_normalization as batch_normalization
from .pooling import AveragePooling1D as AveragePooling1D
from .pooling import AveragePooling2D as AveragePooling2D
from .pooling import AveragePooling3D as AveragePooling3D
from .pooling import MaxPooling1D as MaxPooling1D
from .pooling import MaxPooling2D as MaxPooling2D
from .pooling import MaxPooling3D as MaxPooling3D
from .pooling import average_pooling1d as average_pooling1d
from .pooling import average_pooling2d as average_pooling2d
from .pooling import average_pooling3d as average_pooling3d
from .pooling import max_pooling1d as max_pooling1d
from .pooling import max_pooling2d as max_pooling2d
from .pooling import max_pooling3d as max_pooling3d
