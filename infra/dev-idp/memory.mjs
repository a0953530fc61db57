// Storage of one tenant's provider, in memory and apart from every other tenant's.
//
// Invariant: nothing found here was issued by another tenant.

export function memoryAdapter() {
  const models = new Map();

  return class MemoryAdapter {
    constructor(name) {
      if (!models.has(name)) models.set(name, new Map());
      this.records = models.get(name);
    }

    async upsert(id, payload, expiresIn) {
      this.records.set(id, { payload, expires: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
    }

    async find(id) {
      const record = this.records.get(id);
      if (record && record.expires <= Date.now()) this.records.delete(id);
      return this.records.get(id)?.payload;
    }

    async findByUid(uid) {
      return this.findBy('uid', uid);
    }

    async findByUserCode(userCode) {
      return this.findBy('userCode', userCode);
    }

    async findBy(member, value) {
      for (const id of this.records.keys()) {
        const payload = await this.find(id);
        if (payload?.[member] === value) return payload;
      }
      return undefined;
    }

    async consume(id) {
      const payload = await this.find(id);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      this.records.delete(id);
    }

    async revokeByGrantId(grantId) {
      for (const records of models.values()) {
        for (const [id, { payload }] of records) if (payload.grantId === grantId) records.delete(id);
      }
    }
  };
}
