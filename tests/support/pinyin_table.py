"""Build common/pinyin/table.txt: readings and frequencies of Chinese words, of two packages under the MIT licence.

`python -m tests.support.pinyin_table PYPINYIN.whl JIEBA.tar.gz` writes it; the same two files give the same bytes. The
packages and their licences are in common/pinyin/NOTICE.
"""

from __future__ import annotations

import json
import math
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).parents[2] / "common" / "pinyin" / "table.txt"
MOST_WORDS, LONGEST = 26_000, 5
OF_THE_TRADE = 3_000  # the least frequency of a word that is said every day in a factory
RARE = 0.02  # the least part of a character's frequency that a reading must have to be kept
PEOPLE = ("nr",)  # jieba's marks of words that are names of people: they are no words of a note
FIRST, LAST = 0x4E00, 0x9FFF
VOWELS = set("aeiouv")
# Said on the floor, and rare or missing in the newspapers of which the frequencies are.
TRADE = """
设备 故障 扫码 扫码枪 扫描枪 条码 二维码 标签 打印机 碳带 返工 返修 维修 报废 隔离 待检 待料 缺料 换料 换型 换班 换线 上料 下料
来料 物料 物料员 螺丝 螺栓 螺母 垫片 螺钉 螺纹 滑丝 滑牙 打滑 扭矩 扭力 电批 风批 扳手 套筒 批头 拧紧 拧松 漏拧 交接班 交接 接班
不合格 合格 良品 不良品 不良 次品 工位 工序 工装 工单 工艺 停线 停机 停产 开线 开机 复位 急停 报警 产线 流水线 线体 夹具 治具 模具
刀具 量具 卡尺 千分尺 塞规 点检 首检 首件 巡检 抽检 全检 自检 互检 复检 终检 校准 校验 班长 线长 组长 主管 质检 质检员 品质 品管
质量 工程师 技术员 维修工 操作工 操作员 早班 中班 晚班 夜班 白班 下一班 上一班 批次 批号 序列号 编号 型号 规格 图纸 作业指导书
异响 异物 异常 划痕 划伤 刮伤 磕碰 毛刺 变形 开裂 裂纹 断裂 破损 松动 脱落 漏油 漏气 漏装 错装 反装 装反 装错 漏打 卡料 卡住 卡死
堵料 堵塞 生锈 锈蚀 油污 脏污 气泡 缩水 飞边 色差 尺寸 超差 公差 偏大 偏小 偏高 偏低 偏移 错位 间隙 压装 压机 压力 气压 气缸 气管
液压 电机 马达 传感器 光电 轴承 转子 定子 线束 接线 端子 插头 插座 电缆 接头 密封圈 密封 胶水 点胶 涂胶 打胶 焊接 焊点 虚焊 漏焊
焊锡 贴片 注塑 冲压 铸件 锻件 喷涂 喷漆 电镀 清洗 包装 装箱 封箱 纸箱 托盘 栈板 叉车 周转箱 仓库 入库 出库 发料 领料 退料 补料
库存 盘点 清点 数量 余料 尾数 产量 产能 节拍 计划 订单 客户 投诉 让步 放行 评审 纠正 整改 措施 原因 处理 跟进 确认 通知 联系 注意
检查 更换 调整 调试 调机 测试 试产 试装 量产 参数 程序 重启 死机 断电 停电 断网 网络 屏幕 触摸屏 键盘 扫不出来 读不出 打不出 看不清
上机 下机 上线 下线 外壳 壳体 磁钢 绕组 温度 湿度 转速 电流 电压 漏电 接地 绝缘 螺丝刀 螺丝枪 防护 手套 护目镜 劳保 安全 安全帽
清洁 打扫 卫生 润滑 润滑油 机油 保养 备件 易损件 耗材 垃圾 废料 料盒 料架 料盘 料号 缺件 少件 多件 混料 错料 用完 没有了 请注意
""".split()
Readings = dict[str, dict[str, float]]  # character → reading → its part


def main(packages: list[str]) -> int:
    """Write the table, and say what it has."""
    with zipfile.ZipFile(packages[0]) as wheel:
        phrases = json.loads(wheel.read("pypinyin/phrases_dict.json"))
        characters = json.loads(wheel.read("pypinyin/pinyin_dict.json"))
    with tarfile.open(packages[1]) as source:
        name = next(one for one in source.getnames() if one.endswith("/jieba/dict.txt"))
        found = source.extractfile(name)
        rows = found.read().decode("utf-8").splitlines() if found else []
    known = {word: tuple(_plain(one[0]) for one in sounds) for word, sounds in phrases.items()}
    first = {chr(int(code)): [_plain(one) for one in said.split(",")] for code, said in characters.items()}
    counts = _counts(rows)
    readings = _readings(counts, known, first)
    TABLE.write_text("".join(_lines(counts, known, readings)), encoding="utf-8")
    print(f"{TABLE}: {TABLE.stat().st_size} bytes")
    return 0


def _plain(sound: str) -> str:
    """A syllable without its tone; ü is v."""
    bare = unicodedata.normalize("NFD", sound).replace("u\u0308", "v").replace("ê", "e")
    return "".join(sign for sign in bare if sign.isascii() and sign.isalpha())


def _counts(rows: list[str]) -> Counter[str]:
    """Word → frequency: every character of GB 2312, and words of them."""
    counts: Counter[str] = Counter()
    for row in rows:
        word, times, kind = row.split(" ")
        if all(_common(sign) for sign in word) and len(word) <= LONGEST and not (len(word) > 1 and kind[:2] in PEOPLE):
            counts[word] = int(times)
    for word in TRADE:
        counts[word] = max(counts[word], OF_THE_TRADE)
    for code in range(FIRST, LAST + 1):
        if _common(chr(code)):
            counts[chr(code)] = max(counts[chr(code)], 1)
    return counts


def _common(sign: str) -> bool:
    try:
        return FIRST <= ord(sign) <= LAST and len(sign.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _readings(counts: Counter[str], known: dict[str, tuple[str, ...]], first: dict[str, list[str]]) -> Readings:
    """How often each character is read how: as often as the words are written in which it is read so."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for word, sounds in known.items():
        for sign, sound in zip(word, sounds, strict=False):
            seen[sign][sound] += counts[word]
    parts: Readings = {}
    for sign, sounds in first.items():
        own = {sound: seen[sign][sound] + 1.0 for sound in dict.fromkeys(sounds)}
        own[sounds[0]] += counts[sign]
        parts[sign] = {sound: times / sum(own.values()) for sound, times in own.items()}
    return parts


def _sounds(word: str, known: dict[str, tuple[str, ...]], readings: Readings) -> tuple[str, ...]:
    """A word's reading: the phrase's, or that of the longest phrases in it, or of its characters."""
    found: list[str] = []
    while len(found) < len(word):
        at = len(found)
        ends = (end for end in range(len(word), at + 1, -1) if word[at:end] in known)
        end = next((end for end in ends if len(known[word[at:end]]) == end - at), at + 1)
        usual = readings[word[at]]
        found += known[word[at:end]] if end > at + 1 else [max(usual, key=lambda sound: usual[sound])]
    return tuple(found)


def _lines(counts: Counter[str], known: dict[str, tuple[str, ...]], readings: Readings) -> Iterator[str]:
    """One line a reading: its syllables, then cost and word, the most frequent first."""
    total = sum(counts.values())
    words = sorted((word for word in counts if len(word) > 1), key=lambda word: (-counts[word], word))[:MOST_WORDS]
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for word in words:
        weights["'".join(_sounds(word, known, readings))][word] = counts[word]
    for sign in (word for word in counts if len(word) == 1):
        for n, (sound, part) in enumerate(sorted(readings[sign].items(), key=lambda one: -one[1])):
            if set(sound) & VOWELS and (part >= RARE or not n):
                weights[sound][sign] = counts[sign] * part
    for sounds in sorted(weights):
        ordered = sorted(weights[sounds].items(), key=lambda one: (-one[1], one[0]))
        yield " ".join([sounds, *(f"{round(10 * math.log(total / max(n, 0.1)))} {word}" for word, n in ordered)]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
