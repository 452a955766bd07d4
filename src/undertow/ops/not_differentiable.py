"""Which ops let no gradient through, and for which TensorFlow refuses to make one.

Ops whose floating inputs only meet integer, bool or string outputs need no line here: their outputs stop the path.
"""

from __future__ import annotations

# A gradient ends here: `tf.gradients` gives None for what lies behind.
NOT_DIFFERENTIABLE = frozenset(
    """
    CTCBeamSearchDecoder CTCGreedyDecoder Ceil DrawBoundingBoxes EditDistance ExtractGlimpse
    FakeQuantWithMinMaxArgsGradient FakeQuantWithMinMaxVarsGradient FakeQuantWithMinMaxVarsPerChannelGradient Floor
    FloorDiv GenerateBoundingBoxProposals HSVToRGB LinSpace LookupTableFind LookupTableFindV2 OneHot OnesLike
    ParameterizedTruncatedNormal PyFunc PyFuncStateless RandomCrop RandomShuffle Range ResizeBilinearGrad Rint Round
    SampleDistortedBoundingBox SampleDistortedBoundingBoxV2 SdcaOptimizer SdcaOptimizerV2 SparseAddGrad SparseConcat
    StackPush StopGradient TruncateDiv ZerosLike
    """.split()
)

# `tf.gradients` raises LookupError where one of these lies on the path.
NO_GRADIENT = frozenset(
    """
    AdjustContrast AdjustContrastv2 AdjustHue AdjustSaturation AudioSpectrogram Batch Bincount Bitcast BlockLSTMGrad
    BlockLSTMGradV2 CholeskyGrad CombinedNonMaxSuppression Conv2DBackpropFilterV2 Conv2DBackpropInputV2
    Conv3DBackpropFilter Conv3DBackpropInput CropAndResizeGradBoxes CropAndResizeGradImage DecodeCSV DenseBincount
    Dequantize Dilation2DBackpropFilter Dilation2DBackpropInput DrawBoundingBoxesV2 ExtractGlimpseV2
    FractionalAvgPoolGrad FractionalMaxPoolGrad GRUBlockCellGrad GuaranteeConst IgammaGradA InplaceAdd InplaceSub
    InplaceUpdate KmeansPlusPlusInitialization LRNGrad LSTMBlockCellGrad ListDiff Lu MatrixLogarithm
    MaxPoolGradWithArgmax Mfcc Mod NearestNeighbors ParallelConcat ParseExample ParseSingleExample QuantizeV2 RFFT3D
    IRFFT3D RandomGammaGrad RandomPoisson RandomPoissonV2 ResizeArea ResizeBicubicGrad ResizeNearestNeighborGrad
    ScaleAndTranslateGrad SoftsignGrad SparseBincount SparseFillEmptyRowsGrad SparseReduceMax SparseReduceMaxSparse
    SparseReduceSumSparse SparseSegmentMeanGrad SparseSegmentSqrtNGrad SparseSegmentSumGrad SparseSliceGrad
    SparseSplit TileGrad TruncateMod Unbatch UnbatchGrad Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2
    """.split()
)
