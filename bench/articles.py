#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generated articles, as files to import: articles.py FOLDER N [FROM]

Markdown with front matter, two in three English and one Chinese, 1,000 files a subfolder, always the same for the same
numbers. Words follow Zipf's law, as they do in real text, so that some are in nearly every article and most are rare:
what search costs depends on that. Some 1.2 KB a file.
"""
import bisect
import datetime
import itertools
import os
import random
import sys

ENGLISH_WORDS = 30_000
CHINESE_WORDS = 20_000
FIRST_DAY = datetime.datetime(2004, 1, 1)
MINUTES = 20 * 365 * 24 * 60


def zipf(words, power=1.0):
    weights = list(itertools.accumulate(1 / (rank + 2.7) ** power for rank in range(len(words))))
    return lambda chance: words[bisect.bisect(weights, chance.random() * weights[-1])]


def word_lists():
    """English and Chinese, most frequent first."""
    chance = random.Random(1)
    syllables = [a + b for a in 'b c d f g h l m n p r s t v st tr pl ch'.split() for b in 'a e i o u ai ea or en al'.split()]
    english = ['the', 'of', 'and', 'to', 'in', 'water', 'road', 'notice', 'public', 'school']
    while len(english) < ENGLISH_WORDS:
        english.append(''.join(chance.choices(syllables, k=chance.choice([1, 2, 2, 3, 3, 4]))))
    characters = [chr(c) for c in range(0x4e00, 0x4e00 + 3000)]
    chinese = ['通知', '公告', '市民', '办理', '服务', '用水', '道路', '学校', '投诉', '答复']
    while len(chinese) < CHINESE_WORDS:
        chinese.append(''.join(chance.choices(characters, k=chance.choice([1, 2, 2, 2, 3]))))
    return english, chinese


def vocabulary():
    english, chinese = word_lists()
    return zipf(english), zipf(chinese)


def english_article(chance, word):
    def sentence(n):
        return ' '.join(word(chance) for _ in range(n)).capitalize() + '.'
    title = ' '.join(word(chance) for _ in range(8)).capitalize()
    body = '\n\n'.join(' '.join(sentence(12) for _ in range(4)) for _ in range(3))
    return 'en', title, 'Public Works Office', ', '.join(word(chance) for _ in range(3)), body


def chinese_article(chance, word):
    def sentence(n):
        return ''.join(word(chance) for _ in range(n)) + '。'
    title = ''.join(word(chance) for _ in range(7))
    body = '\n\n'.join(''.join(sentence(11) for _ in range(4)) for _ in range(3))
    return 'zh-CN', title, '市政工程处', '，'.join(word(chance) for _ in range(3)), body


def article(number, words, in_order_from=None):
    chance = random.Random(number)
    make, word = (chinese_article, words[1]) if number % 3 == 2 else (english_article, words[0])
    language, title, source, keywords, body = make(chance, word)
    when = FIRST_DAY + datetime.timedelta(minutes=chance.randrange(MINUTES))
    if in_order_from is not None:
        when = FIRST_DAY + datetime.timedelta(minutes=MINUTES + 5 * (number - in_order_from))
    return (f'---\ntitle: {title} ({number})\ndate: {when:%Y-%m-%d %H:%M}\nlang: {language}\nsource: {source}\n'
            f'keywords: {keywords}\n---\n\n{body}\n')


def write(folder, count, first=0, in_order=False):
    """in_order: each five minutes after the one before, as an archive has them, and not at any time by chance."""
    words = vocabulary()
    for number in range(first, first + count):
        below = os.path.join(folder, f'{number // 1000:04d}')
        if number % 1000 == 0 or number == first:
            os.makedirs(below, exist_ok=True)
        with open(os.path.join(below, f'{number:07d}.md'), 'w', encoding='utf-8') as file:
            file.write(article(number, words, first if in_order else None))


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
