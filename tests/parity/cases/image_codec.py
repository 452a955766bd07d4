"""Image files of every kind, decoded. The files were made with Pillow, those that it cannot make by hand."""

import base64

from harness import case

BMP_RGB = base64.b64decode(
    "Qk1aAAAAAAAAADYAAAAoAAAABAAAAAMAAAABABgAAAAAACQAAADEDgAAxA4AAAAAAAAAAAAAZarLHoVNT//BJZHLvBRIfv/uiQAH"
    "IMzDwfQlgOtqjP9HuGcv"
)
BMP_RGBA = base64.b64decode(
    "Qk1mAAAAAAAAADYAAAAoAAAABAAAAAMAAAABACAAAAAAADAAAADEDgAAxA4AAAAAAAAAAAAAUFT+azKxZVBqi5KvSMnUhpKNhmV/"
    "fRnv7+SyiafVFNiuv8wvTh5HY3aq7Vh0efyr"
)
GIF = base64.b64decode(
    "R0lGODdhBQADAIEAAAAAAP8AAAD/AAkIBywAAAAABQADAAAIEQAHABAAIIAAggMGBAgwgGBAACH5BAEAAAQALAAAAAAFAAMAgQAA"
    "AP8AAAD/AAkIBwgQAAUEGDhgQACBAQAASEggIAA7"
)
PNG_GRAY = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAAAAACRn/EaAAAAGElEQVR4nGM8MFn2DNMFXePbLB8vsPkBADIqBmTIP2XuAAAAAElFTkSuQmCC"
)
PNG_PALETTE_ALPHA = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADBAMAAABG2rP1AAAAD1BMVEUKCwwNDg8QERITFBUWFxhVYLITAAAAA3RSTlP//wDXyg1B"
    "AAAAEUlEQVR4nGNU/sui8IHpLx8ADpsDQwi6IhsAAAAASUVORK5CYII="
)
PNG_RGB = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAMklEQVR4nAEnANj/ASX0wUX3v90UDOhoLAQjIPuE6/4ZAf28zGgA"
    "y6plTYUewf9Py5Ele6wTYInRRGsAAAAASUVORK5CYII="
)
PNG_RGBA = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAYAAAC09K7GAAAAPklEQVR4nAEzAMz/Acy/ri97X6A0powo9Q/P/lMCus7kNtJfMYzF"
    "OnkxGFwzLQH+VFBrZ13i5S3aOF9CPt7XdkAYEemNg90AAAAASUVORK5CYII="
)
PNG_DEEP = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADEAYAAADkZHKFAAAAbklEQVR4nAFjAJz/ADBUyMsRRLMGm8REL/J/N/SUg/PMG2QktLfo"
    "D04kj8aUAKzjW7o7F6rPi42RdTdVIjD1MaZFOKkWo8XAXF+cxW5eAKEA13GOsvUk56JjMD9dSYOGYr4qA81RcCfnK5Vgyel/Eowu"
    "0w9j+DUAAAAASUVORK5CYII="
)
PNG_FOUR_BITS = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADBAMAAABG2rP1AAAAHlBMVEUAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB1ySg6H"
    "AAAAEUlEQVR4nGNgVGZwTWfoFAIABR8BbGGZduEAAAAASUVORK5CYII="
)
PNG_KEY = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAABnRSTlMArAAKAH8WXJx9AAAAMklEQVR4nAEnANj/AKwKf4wvqsSX"
    "daYWtwDAzCHYQ7NOmvtSotsAw3Z9i2d95dgJpHRsc7UTekvndfIAAAAASUVORK5CYII="
)
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8Q"
    "EBEQCgwSExIQEw8QEBD/2wBDAQMDAwQDBAgEBAgQCwkLEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"
    "EBAQEBAQEBD/wAARCAAIAAgDAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF"
    "BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
    "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
    "4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC"
    "AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm"
    "Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq"
    "8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD5M8FeCv8AV/ufTtXy2Nxu+p9VgcDtof/Z"
)

PNGS = {name: data for name, data in globals().items() if name.startswith("PNG")}


@case
def png_files(tf):
    return {
        f"{name}/{channels}/{dtype}": tf.image.decode_png(data, channels=channels, dtype=dtype)
        for name, data in PNGS.items()
        for channels in (0, 1, 3, 4)
        for dtype in (tf.uint8, tf.uint16)
    }


@case(nodes=True)
def gif_and_bmp_files(tf):
    return [
        tf.image.decode_gif(GIF),
        tf.image.decode_image(GIF, expand_animations=False),
        [tf.image.decode_bmp(data, channels=channels) for data in (BMP_RGB, BMP_RGBA) for channels in (0, 3, 4)],
    ]


@case
def files_of_any_kind(tf):
    return {
        f"{i}/{dtype}": tf.image.decode_image(data, dtype=dtype)
        for i, data in enumerate((BMP_RGB, GIF, PNG_RGB, PNG_RGBA))
        for dtype in (tf.uint8, tf.uint16, tf.float32)
    }


@case(atol=4)
def jpeg_files(tf):
    return {
        "color": tf.cast(tf.image.decode_jpeg(JPEG), tf.float32),
        "gray": tf.cast(tf.image.decode_jpeg(JPEG, channels=1), tf.float32),
        "half": tf.cast(tf.image.decode_jpeg(JPEG, ratio=2), tf.float32),
        "part": tf.cast(tf.image.decode_and_crop_jpeg(JPEG, [1, 2, 3, 4]), tf.float32),
        "shape": tf.image.extract_jpeg_shape(JPEG),
        "worse": tf.image.adjust_jpeg_quality(tf.cast(tf.image.decode_jpeg(JPEG), tf.float32) / 255.0, 60),
    }


@case
def what_is_encoded_is_decoded(tf):
    pixels = tf.image.decode_png(PNG_RGBA)
    jpeg = tf.image.encode_jpeg(pixels[..., :3])
    return [tf.image.decode_png(tf.image.encode_png(pixels)), tf.shape(tf.image.decode_jpeg(jpeg))]
