export { documentProblems } from './document-problems.js';
export { measured } from './measured.js';
export { problemOf } from './problem-of.js';
