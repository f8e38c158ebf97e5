import { migrate } from './run-migrations.js';

const url = process.argv[2];
if (!url) throw new Error('usage: migrate <DATABASE_URL>');
const done = await migrate(url);
process.stdout.write(done.length === 0 ? 'database is up to date\n' : `${done.join('\n')}\n`);
