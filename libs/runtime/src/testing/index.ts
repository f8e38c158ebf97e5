export { documentProblems } from './document-problems.js';
export { problemOf } from './problem-of.js';
