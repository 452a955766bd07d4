"""Event files."""

import os
import subprocess
import sys

import pytest
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

from undertow.formats.events import EventWriter, read_events
from undertow.formats.tfrecord import RecordWriter
from undertow.graph.errors import DataLossError, FailedPreconditionError, NotFoundError


def test_a_file_begins_with_its_version_and_tensorboard_reads_the_rest(tmp_path):
    writer = EventWriter(str(tmp_path / "new"), flush_secs=100, suffix=".mine")
    writer.add(Event(wall_time=1.5, step=7))
    writer.close()
    assert os.path.basename(writer.path).startswith("events.out.tfevents.")
    assert writer.path.endswith(".mine")
    first, second = EventFileLoader(writer.path).Load()
    assert first.file_version == "brain.Event:2"
    assert (second.wall_time, second.step) == (1.5, 7)


def test_two_writers_of_one_second_have_files_of_their_own(tmp_path):
    writers = [EventWriter(str(tmp_path), 100, "") for _ in range(3)]
    assert len({writer.path for writer in writers}) == 3


def test_an_event_is_in_the_file_after_flush_or_when_the_time_has_come(tmp_path):
    patient, hasty = (EventWriter(str(tmp_path), seconds, "") for seconds in (100, 0))
    for writer in (patient, hasty):
        writer.add(Event(step=1))
    assert (len(list(read_events(patient.path))), len(list(read_events(hasty.path)))) == (1, 2)
    patient.flush()
    assert len(list(read_events(patient.path))) == 2


def test_a_process_that_ends_without_closing_loses_nothing(tmp_path):
    code = (
        "import sys; from undertow.formats.events import *; w = EventWriter(sys.argv[1], 100, ''); w.add(Event(step=3))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    (name,) = os.listdir(tmp_path)
    assert [event.step for event in read_events(tmp_path / name)] == [0, 3]


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FailedPreconditionError, match="file"):
        EventWriter(str(tmp_path / "file" / "logs"), 100, "")


def test_a_record_that_is_no_event_is_a_data_loss(tmp_path):
    with RecordWriter(tmp_path / "a") as records:
        records.write(Event(step=1).SerializeToString())
        records.write(b"\xff")
    events = read_events(tmp_path / "a")
    assert next(events).step == 1
    with pytest.raises(DataLossError, match="a: record 1 is not an Event"):
        next(events)
    with pytest.raises(NotFoundError):
        read_events(tmp_path / "no")
