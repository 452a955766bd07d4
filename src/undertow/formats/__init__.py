"""Files: IDX, TFRecord, checkpoints, GraphDef, MetaGraph, SavedModel, event files."""
