/** Prints an alarming line, as the screen shows it: `node alarming-line.js <color: true or false>`. */
import process from 'node:process';
import { renderToString } from 'ink';
import { createElement } from 'react';
import { Line } from '../../source/components/line.js';
import { ThemeContext } from '../../source/components/theme.js';

const theme = { ascii: false, color: process.argv[2] === 'true' };
const line = createElement(Line, { text: 'broken', tone: 'alarm' });
process.stdout.write(renderToString(createElement(ThemeContext, { value: theme }, line)));
