/** What hew itself draws with, each by one character as wide. Letters of other languages are what they are. */
const SIGNS: Readonly<Record<string, string>> = {
  '─': '-',
  '═': '=',
  '│': '|',
  '┌': '+',
  '┬': '+',
  '┐': '+',
  '├': '+',
  '┼': '+',
  '┤': '+',
  '└': '+',
  '┴': '+',
  '┘': '+',
  '▶': '>',
  '→': '>',
  '✓': 'v',
  '✗': 'x',
  '●': '*',
  '○': 'o',
  '·': '.',
  '×': 'x',
  '…': '~',
  '░': '.',
  '▁': '_',
  '▂': '.',
  '▃': ',',
  '▄': '-',
  '▅': '=',
  '▆': '+',
  '▇': '*',
  '█': '#',
};

const ANY_SIGN = new RegExp(`[${Object.keys(SIGNS).join('')}]`, 'gu');

/** The text without glyphs that not every terminal has: none of hew's own is left, and it is as wide as before. Pure. */
export function asciiText(text: string): string {
  return text.replaceAll(ANY_SIGN, (sign) => SIGNS[sign] ?? sign);
}
