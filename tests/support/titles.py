"""Titles of the devices that the situations name, put in place of ids as `station/app.py` does it."""

from __future__ import annotations

from common.definitions.naming import Name
from station.cell.device_titles import DeviceTitles

TITLES = DeviceTitles(
    {
        "scanner-1": Name("扫码枪 1", "Scanner 1"),
        "scanner-2": Name("扫码枪 2", "Scanner 2"),
        "press": Name("压装机", "Press"),
        "tester": Name("测试台", "Test bench"),
        "caliper": Name("卡尺", "Caliper"),
        "camera": Name("相机", "Camera"),
        "camera-1": Name("相机 1", "Camera 1"),
        "zebra": Name("标签打印机", "Label printer"),
        "balance": Name("电子秤", "Balance"),
    }
)
