export { CIRCUMSTANCES_OF_ATTEMPTS, subjectOf, unknownSince } from './attempt-subjects.js';
export { commandOn, createCommand, NOW } from './commands.js';
export { fact, PRICE } from './payments.js';
