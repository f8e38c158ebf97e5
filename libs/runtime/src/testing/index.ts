export { problemOf } from './problem-of.js';
